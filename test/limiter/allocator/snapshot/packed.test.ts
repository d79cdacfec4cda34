import fc from 'fast-check';
import { pack, unpack } from '../../../../src/limiter/allocator/snapshot/packed';
import { reload } from '../../../support/reload';

it('takes back whatever JSON it has packed', () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as unknown),
      (value) => {
        expect(JSON.stringify(unpack(reload(pack(value))))).toBe(JSON.stringify(value));
      },
    ),
  );
});

it('writes the names of the fields once, however many objects have them', () => {
  const rows = Array.from({ length: 100 }, (_, granted) => ({ granted, lapses: [{ granted: [granted] }] }));
  const packed = JSON.stringify(pack(rows));
  expect(packed.match(/granted/g)).toHaveLength(2);
});

it('leaves alone what is not packed, and does not make something up', () => {
  for (const value of [undefined, null, 1, 'state', [1], { clients: [] }, { shapes: [] }])
    expect(unpack(value)).toBe(value);
  expect(() => unpack({ shapes: [['a']], packed: [1, 2] })).toThrow('Cannot unpack the state: there is no shape 1');
});
