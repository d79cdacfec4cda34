import { inFlightBounds } from '../../../src/batch/run/batch-inputs';
import { type LimitJSON } from '../../../src/limiter/definition/limits';

const call = (capacity: number): LimitJSON => ({ kind: 'call', windowSeconds: 60, capacity });
const permits = (key: string, capacity: number): LimitJSON => ({ kind: 'resource', key, capacity });

it.each([
  ['twice the permits of the scarcest resource, and 4', [permits('a', 20), permits('b', 10)], 24],
  ['a window of calls where that is more', [call(30), permits('a', 20), permits('b', 10)], 40],
  ['no more than 64 of a window', [call(500), permits('a', 20)], 64],
  ['more than that for more permits', [call(5), permits('a', 40)], 84],
  ['two windows of calls where there is no resource', [call(30)], 60],
  ['no more than 200', [call(5_000)], 200],
  ['200 where only tokens are limited', [{ kind: 'rate', key: 'input_tokens', windowSeconds: 60, capacity: 1 }], 200],
  ['200 without limits', [], 200],
  ['at least one', [call(0.1)], 1],
])('keeps under way %s', (_what, limits, bound) => {
  expect(inFlightBounds([{ limits: limits as LimitJSON[] }])).toEqual([bound]);
});

it('stays under 500 in all, however many sets there are, and leaves none without', () => {
  const bounds = inFlightBounds([...Array.from({ length: 9 }, () => ({ limits: [] })), { limits: [call(1)] }]);
  expect(bounds.reduce((sum, bound) => sum + bound, 0)).toBeLessThan(500);
  expect(Math.min(...bounds)).toBeGreaterThanOrEqual(1);
});
