import { limitFromJSON, limitToJSON, RateLimit } from '../../../src/limiter/definition/limits';
import { errorWith } from '../../support/error-with';

const rate = { key: 'tpm', windowSeconds: 60, capacity: 1000 };

test('a rate limit counts the unit of its key, or the units that it names', () => {
  expect(new RateLimit(rate).counts).toBeUndefined();
  expect(new RateLimit({ ...rate, counts: ['input', 'output'] }).counts).toEqual({ input: 1, output: 1 });
  expect(new RateLimit({ ...rate, counts: { input: 2.5e-6, output: 1e-5 } }).counts).toEqual({
    input: 2.5e-6,
    output: 1e-5,
  });
});

test('counts and unused survive JSON', () => {
  const limit = new RateLimit({ ...rate, counts: ['__proto__', 'output'], unused: 'returned', overage: 'reject' });
  const json = JSON.parse(JSON.stringify(limitToJSON(limit))) as ReturnType<typeof limitToJSON>;
  expect(limitFromJSON(json)).toEqual(limit);
});

test.each([
  [[], '1 to 32 units'],
  [{}, '1 to 32 units'],
  [Array.from({ length: 33 }, (_, i) => `unit${i}`), '1 to 32 units'],
  ['input', 'units or units with weights'],
  [[1], 'units of 1 to 256 characters'],
  [[''], 'units of 1 to 256 characters'],
  [['input', 'input'], 'listed twice'],
  [{ input: 0 }, 'a weight above 0'],
  [{ input: -1 }, 'a weight above 0'],
  [{ input: NaN }, 'a weight above 0'],
  [{ input: '1' }, 'a weight above 0'],
  [new Map([['input', 1]]), 'units or units with weights'],
])('counts cannot be %p', (counts, message) => {
  expect(() => new RateLimit({ ...rate, counts: counts as never })).toThrow(
    errorWith({ name: 'InvalidLimitError', option: 'counts', message: expect.stringContaining(message) as string }),
  );
});

test.each(['return', '', true])('there is no unused %p', (unused) => {
  expect(() => new RateLimit({ ...rate, unused: unused as never })).toThrow(/unused/);
});
