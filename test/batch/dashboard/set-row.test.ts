import { rowOf } from '../../../src/batch/dashboard/set-row';
import { inspectedLimit, inspectionOf } from '../../support/fake-limits-admin';

test('a row says where a capacity comes from if some does not come from the code', () => {
  const limits = [inspectedLimit('call'), inspectedLimit('tokens', { source: 'adaptive' })];
  expect(rowOf(inspectionOf('a', { limits })).source).toBe('adaptive');
  expect(
    rowOf(inspectionOf('a', { limits: [...limits, inspectedLimit('images', { source: 'operator' })] })).source,
  ).toBe('operator');
});

test('a row says for how long the oldest has waited, by the clock of the limiter', () => {
  expect(rowOf(inspectionOf('a', { at: 5_000, waiting: 2, waitingSince: 3_500 }))).toMatchObject({
    waiting: 2,
    waitingMs: 1_500,
  });
  expect(rowOf(inspectionOf('a')).waitingMs).toBeUndefined();
});
