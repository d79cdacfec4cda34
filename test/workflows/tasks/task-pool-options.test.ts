import { checkTaskPoolOptions } from '../../../src/workflows/tasks/task-pool-options';

const setWithoutQueue = { limitPool: { limitSets: [{ name: 'us', config: {} }] } };

describe('the options of a task pool', () => {
  it.each([
    [{}, 'Invalid queues: expected either queues or limitPool, got neither'],
    [{ queues: ['q'], limitPool: { limitSets: [] } }, 'Invalid queues: expected either queues or limitPool, got both'],
    [{ queues: [] }, 'Invalid queues: expected a list of at least one task queue, got none'],
    [{ queues: 'q' }, 'Invalid queues: expected a list of at least one task queue, got "q"'],
    [{ queues: ['q', ''] }, 'Invalid queues[1]: expected the name of a task queue, got ""'],
    [{ queues: ['q'], maxQueueTasks: 5 }, 'did you mean maxQueuedTasks?'],
    [{ queues: ['q'], maxQueuedTasks: 0 }, 'Invalid maxQueuedTasks: expected a whole number from 1, got 0'],
    [{ queues: ['q', 'r'], maxWorkers: 1 }, 'Invalid maxWorkers: expected a whole number from 2 to 500, got 1'],
    [{ queues: ['q'], onDemand: true, maxWorkers: 501 }, 'expected a whole number from 1 to 500, got 501'],
    [{ queues: ['q'], blocking: 'yes' }, 'Invalid blocking: expected a boolean, got "yes"'],
    [{ queues: ['q'], loadBalancing: 'Fair' }, 'expected one of RoundRobin, Random, LeastWait, got "Fair"'],
    [{ queues: ['q'], workerIndex: -1 }, 'Invalid workerIndex: expected a whole number from 0, got -1'],
    [{ limitPool: 7 }, 'Invalid limitPool: expected a LimitPool, got 7'],
    [{ limitPool: { limitSets: [] } }, 'Invalid limitPool: it has no limit sets'],
    [setWithoutQueue, 'limitSets[0].config.taskQueue: expected the task queue of the workers of limit set "us"'],
    [{ queues: ['q'], activityOptions: {} }, 'expected a startToCloseTimeout or a scheduleToCloseTimeout, got neither'],
    [{ queues: ['q'], activityOptions: { taskQueue: 'r' } }, 'Invalid activityOptions.taskQueue: the pool chooses'],
  ])('are refused for %j', (options, message) => {
    expect(() => checkTaskPoolOptions(options as never)).toThrow(message);
  });

  it('are one worker for each task queue, with a hundred tasks each, if nothing is said', () => {
    expect(checkTaskPoolOptions({ queues: ['a', 'b'] })).toEqual({
      policy: { loadBalancing: 'RoundRobin', workerIndex: 0, failover: false },
      queues: ['a', 'b'],
      maxQueuedTasks: 100,
      maxInFlight: 500,
      onDemand: false,
      blocking: false,
      activityOptions: undefined,
    });
  });

  it('share the task queues out among more workers in turn', () => {
    expect(checkTaskPoolOptions({ queues: ['a', 'b'], maxWorkers: 5 }).queues).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  it('bound the workers on demand, whatever the number of task queues', () => {
    const settings = checkTaskPoolOptions({ queues: ['a', 'b', 'c'], onDemand: true, maxWorkers: 2 });
    expect(settings).toMatchObject({ queues: ['a', 'b', 'c'], maxQueuedTasks: null, maxInFlight: 2 });
  });
});
