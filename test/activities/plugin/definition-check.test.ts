import type { Worker } from '@temporalio/worker';
import { stopOnConflict } from '../../../src/activities/plugin/definition-check';
import type { LimitSet } from '../../../src/client/sets/limit-set';
import { DefinitionConflictError } from '../../../src/limiter/errors/definition-errors';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const conflict = new DefinitionConflictError('busy', []);
const set = { mode: 'temporal', name: 'busy', findConflict: async () => conflict } as unknown as LimitSet<object>;

/** A worker in the state that a test gives it. */
function aWorker(): { state: ReturnType<Worker['getState']>; readonly shutdown: jest.Mock; readonly worker: Worker } {
  const shutdown = jest.fn();
  const it = {
    state: 'INITIALIZED' as ReturnType<Worker['getState']>,
    shutdown,
    worker: { getState: () => it.state, shutdown } as unknown as Worker,
  };
  return it;
}

test('a worker whose limits run elsewhere with other values is shut down, also if it takes long to start', async () => {
  const it = aWorker();
  const check = stopOnConflict(it.worker, [set]);
  await jest.advanceTimersByTimeAsync(5_000);
  expect([it.shutdown.mock.calls.length, check.found]).toEqual([0, undefined]);
  it.state = 'RUNNING';
  await jest.advanceTimersByTimeAsync(100);
  expect([it.shutdown.mock.calls.length, check.found]).toEqual([1, conflict]);
});

test('one that ends by itself is left alone, and so is one that never runs', async () => {
  const ending = aWorker();
  ending.state = 'DRAINING';
  const check = stopOnConflict(ending.worker, [set]);
  const never = aWorker();
  stopOnConflict(never.worker, [set]).end();
  await jest.advanceTimersByTimeAsync(5_000);
  expect([ending.shutdown.mock.calls.length, check.found, never.shutdown.mock.calls.length]).toEqual([0, undefined, 0]);
  expect(jest.getTimerCount()).toBe(0);
});
