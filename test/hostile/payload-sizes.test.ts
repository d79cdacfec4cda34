import { LimitSet } from '../../src/index';
import { checkSetOptions } from '../../src/client/sets/limit-set-options';
import { Lease } from '../../src/limiter/lease/lease';
import { Desk } from '../support/desk';

/** From here on a server warns of a payload; at four times as much it refuses it. */
const WARNING = 512 * 2 ** 10;

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** As many limits as a set may have, with the longest keys; of controls, because each is six characters in JSON. */
const { definition } = checkSetOptions({
  limits: Array.from({ length: 32 }, (_, i) => ({
    kind: 'rate' as const,
    key: String(i).padEnd(256, '\u0001'),
    windowSeconds: 60 + i / 3,
    capacity: 1e9 + 1 / 3,
    algorithm: 'TokenBucket' as const,
  })),
});
const { limits } = definition;
const wish = (i: number): number[] => limits.map((_, k) => (i + 1) / 3 + k / 7);

test('the longest sync stays below what a server warns of', () => {
  const lease = new Lease(definition, { client: 'c'.repeat(36), queue: 'q'.repeat(400) });
  const waiting = Array.from({ length: 10_000 }, (_, i) => ({ priority: i, since: i / 3, amounts: wish(i) }));
  expect(bytes(lease.compose([{ waiting }], 1e12 / 3, true))).toBeLessThan(WARNING);
});

test('a push stays below it too, also to a client that is deaf and asks for more and more', () => {
  const desk = new Desk(limits, definition);
  let longest = 0;
  for (let round = 0; round < 100; round += 1) {
    desk.says('deaf', { seen: 0, seenGrants: 0, demand: Array.from({ length: 256 }, (_, i) => wish(i)) });
    for (const push of desk.turn(300)) longest = Math.max(longest, bytes(push));
  }
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(WARNING);
});

test('what would not fit is refused when it is written down', () => {
  const limit = { kind: 'resource', key: 'connections', capacity: 1 } as const;
  expect(() => new LimitSet({ limits: [{ ...limit, key: 'x'.repeat(257) }] })).toThrow('1 to 256 characters');
  expect(() => new LimitSet({ limits: [limit], name: 'x'.repeat(257) })).toThrow('1 to 256 characters');
  expect(() => new LimitSet({ limits: new Array(33).fill(limit) })).toThrow('at most 32');
});
