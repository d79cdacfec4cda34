import { calls } from '../../../simulator/scenario/definitions';
import { UNCHANGED } from '../../../src/limiter/control/control';
import { inspectedLimit } from '../../../src/limiter/control/inspected';
import type { LoweredLimit } from '../../../src/limiter/feedback/lowered-limits';

const change = { by: 'ann', reason: '', at: 0, capacity: 10 };

test.each<[readonly (readonly [LoweredLimit['by'], number])[], number, string]>([
  [[], 10, 'code'],
  [[['operator', 10]], 10, 'operator'],
  [[['operator', 4]], 4, 'operator'],
  [[['adaptive', 7]], 7, 'adaptive'],
  [[['provider', 5]], 5, 'provider'],
  // it follows its provider, too
  [
    [
      ['adaptive', 7],
      ['provider', 5],
    ],
    5,
    'provider',
  ],
  [
    [
      ['adaptive', 7],
      ['provider', 7],
    ],
    7,
    'adaptive',
  ],
])('after %j, %i come from: %s', (steps, capacity, source) => {
  const [defined] = [calls(10, 1_000)];
  const isOperated = steps.some(([by]) => by === 'operator');
  const counted = steps.map(([by, n]) => [by, [{ ...defined, capacity: n }]] as const);
  const control = isOperated ? { ...UNCHANGED, capacity: { calls: change } } : UNCHANGED;
  const shares = { started: 0, granted: 0, free: 0 };
  expect(inspectedLimit({ defined, index: 0, steps: counted }, control, shares, 0)).toMatchObject({
    ...{ defined: 10, capacity, source },
  });
});
