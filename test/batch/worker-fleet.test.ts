import * as childProcess from 'node:child_process';
import { WorkerFleet } from '../../src/batch/worker-fleet';

jest.mock('node:child_process', () => {
  const actual = jest.requireActual<typeof childProcess>('node:child_process');
  const fork = jest.fn((program: string, options: childProcess.ForkOptions) =>
    actual.fork(program, { ...options, execPath: '/nowhere/node' }),
  );
  return { ...actual, fork };
});

const start = { configFile: 'config.yaml', target: { address: '127.0.0.1:1', namespace: 'default' }, bounds: {} };

describe('a fleet whose processes cannot be started', () => {
  it('tries again, then gives up, where nothing ever exits', async () => {
    const watch = { identityPrefix: 'test', noted: jest.fn(), ended: jest.fn() };
    const fleet = new WorkerFleet(1, start, watch);
    await expect(fleet.failed).rejects.toThrow('3 worker processes in a row could not be started');
    expect(childProcess.fork).toHaveBeenCalledTimes(3);
    expect(watch.ended).toHaveBeenCalledTimes(3);
    expect(watch.noted).not.toHaveBeenCalled();
    await fleet.stop();
  });
});
