import { checkPoolActivityOptions } from '../../../src/workflows/routing/pool-activity-options';

const startToCloseTimeout = '10s';

describe('the options of activities of a pool', () => {
  it.each([
    [{}, 'Invalid options: expected a startToCloseTimeout or a scheduleToCloseTimeout, got neither'],
    [{ startToCloseTimeout, taskQueue: 'q' }, 'Invalid options.taskQueue: the pool chooses the task queue'],
    [{ startToCloseTimeout, onRouted: 'log' }, 'Invalid onRouted: expected a function, got "log"'],
    [{ startToCloseTimeout, acquire: true }, 'expected a plain object, got true'],
    [{ startToCloseTimeout, acquire: { request: () => ({}) } }, 'did you mean requested?'],
    [{ startToCloseTimeout, acquire: { requested: { tokens: 1 } } }, 'Invalid acquire.requested: expected a function'],
    [{ startToCloseTimeout, acquire: { usage: 7 } }, 'Invalid acquire.usage: expected a function, got 7'],
    [{ startToCloseTimeout, acquire: { timeout: 'soon' } }, 'Invalid acquire.timeout: '],
    [
      { startToCloseTimeout, acquire: { priority: NaN } },
      'Invalid acquire.priority: expected a finite number, got NaN',
    ],
    [{ startToCloseTimeout, acquire: { priority: 'high' } }, 'expected a finite number, got "high"'],
  ])('are refused before any is scheduled: %j', (options, message) => {
    expect(() => checkPoolActivityOptions(options as never)).toThrow(message);
  });

  it('may leave all but a timeout open', () => {
    expect(() => checkPoolActivityOptions({ startToCloseTimeout })).not.toThrow();
    expect(() => checkPoolActivityOptions({ startToCloseTimeout, acquire: { priority: -1.5 } })).not.toThrow();
  });
});
