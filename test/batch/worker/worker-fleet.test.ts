import * as childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { WorkerFleet } from '../../../src/batch/worker/worker-fleet';

jest.mock('node:child_process', () => ({
  ...jest.requireActual<typeof childProcess>('node:child_process'),
  fork: jest.fn(),
}));

const fork = jest.mocked(childProcess.fork);

type Fork = () => childProcess.ChildProcess;

/** Like the errors of the operating system: with its own code beside the message. */
const systemError = (code: string): Error => Object.assign(new Error(`spawn node ${code}`), { code });

const throws = (code: string): Fork => {
  return () => {
    throw systemError(code);
  };
};

class FakeChild extends EventEmitter {
  readonly exitCode = null;
  readonly signalCode = null;
  readonly connected = true;
  readonly send = jest.fn((message: { readonly type: string }) => {
    if (message.type === 'stop') this.emit('exit', 0, null);
  });

  readonly kill = jest.fn(() => this.emit('exit', null, 'SIGKILL'));

  constructor(readonly pid: number | undefined) {
    super();
  }
}

const child = (pid: number | undefined, then: (child: FakeChild) => void): Fork => {
  return () => {
    const one = new FakeChild(pid);
    process.nextTick(then, one);
    return one as unknown as childProcess.ChildProcess;
  };
};

const fails = (code: string): Fork => child(undefined, (one) => one.emit('error', systemError(code)));
const ends = (code: number | null, signal: string | null): Fork => child(7, (one) => one.emit('exit', code, signal));
const serves = child(8, (one) => one.emit('message', { type: 'ready', pushQueue: 'pushes' }));

const watch = { identityPrefix: 'test', noted: jest.fn(), ended: jest.fn(), write: jest.fn() };

const target = { address: '127.0.0.1:1', namespace: 'default' };
const config = { pool: {}, sets: [] };
const orders = { start: { batch: 'b', config, apiKeys: [], target, bounds: {} }, watch };

function startFleet(size = 1): WorkerFleet {
  const fleet = new WorkerFleet(size, size);
  fleet.serve(orders);
  return fleet;
}

/** What became of a fleet by the end of a time, and how often it had tried. */
async function after(ms: number, fleet: WorkerFleet): Promise<{ became: unknown; tries: number }> {
  let became: unknown = 'nothing';
  fleet.ready.then(
    () => (became = 'ready'),
    () => undefined,
  );
  fleet.failed.catch((error: unknown) => (became = error));
  await jest.advanceTimersByTimeAsync(ms);
  return { became, tries: fork.mock.calls.length };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick'] });
  jest.clearAllMocks();
});

afterEach(() => jest.useRealTimers());

describe('a fleet whose processes cannot be started', () => {
  it.each([
    ['tells of it by an event', fails('EAGAIN'), 'spawn node EAGAIN; the system allows no more processes'],
    ['throws it', throws('ENOMEM'), 'spawn node ENOMEM; the system has no memory left: free some, or ask for fewer'],
    ['fails for another reason', fails('ENOENT'), '4 times in a row: spawn node ENOENT'],
    ['starts what ends', ends(1, null), 'it exited with code 1; its message above says why'],
    ['starts what is killed', ends(null, 'SIGKILL'), 'it was ended by SIGKILL, as when a system is short of memory'],
  ])('waits between tries, and then says what was wrong, where the system %s', async (_how, attempt, reason) => {
    fork.mockImplementation(attempt);
    const fleet = startFleet();
    expect(await after(200, fleet)).toEqual({ became: 'nothing', tries: 1 });
    const { became, tries } = await after(4_000, fleet);
    expect([became, tries]).toEqual([expect.objectContaining({ name: 'WorkerStartError', attempts: 4 }), 4]);
    expect(String(became)).toContain(reason);
  });

  it.each([
    ['before it serves', ends(2, null)],
    [
      'while it serves',
      child(8, (one) => {
        one.emit('message', { type: 'ready', pushQueue: 'pushes' });
        one.emit('exit', 2, null);
      }),
    ],
  ])('tries no more where a process finds its orders wrong %s', async (_when, attempt) => {
    fork.mockImplementation(attempt);
    const { became, tries } = await after(10_000, startFleet());
    expect([became, tries]).toEqual([expect.objectContaining({ name: 'TargetError' }), 1]);
  });

  it('serves once there is room again', async () => {
    fork.mockImplementationOnce(fails('EAGAIN')).mockImplementationOnce(throws('ENOMEM')).mockImplementation(serves);
    const fleet = startFleet();
    expect(await after(2_000, fleet)).toEqual({ became: 'ready', tries: 3 });
    expect(watch.noted.mock.calls.map(([pid]: [number]) => pid)).toEqual([8, 8]);
    await fleet.stop();
  });

  it('gives each process as many tries, also where several fail at once', async () => {
    for (let i = 0; i < 8; i += 1) fork.mockImplementationOnce(fails('EAGAIN'));
    fork.mockImplementation(serves);
    const fleet = startFleet(8);
    expect(await after(2_000, fleet)).toEqual({ became: 'ready', tries: 16 });
    await fleet.stop();
    expect(watch.ended).toHaveBeenCalledTimes(8);
  });

  it('tries no more once it is stopped, and has nobody to wait for', async () => {
    fork.mockImplementation(fails('EAGAIN'));
    const fleet = startFleet();
    await jest.advanceTimersByTimeAsync(0);
    await fleet.stop();
    expect(await after(10_000, fleet)).toEqual({ became: 'nothing', tries: 1 });
    expect(watch.ended).not.toHaveBeenCalled();
  });
});

describe('the start of a fleet', () => {
  /** Those that were forked, as they start without getting ready by themselves. */
  let children: FakeChild[];

  const becomesReady = (one: FakeChild | undefined): boolean | undefined =>
    one?.emit('message', { type: 'ready', pushQueue: 'pushes' });

  const hasWork = (one: FakeChild | undefined): boolean | undefined => one?.emit('message', { type: 'work', work: {} });

  beforeEach(() => {
    children = [];
    fork.mockImplementation(() => {
      const one = new FakeChild(10 + children.length);
      children.push(one);
      return one as unknown as childProcess.ChildProcess;
    });
  });

  it('is ready with its first process, and starts another for each that has something to do', async () => {
    const fleet = new WorkerFleet(4, 2);
    fleet.serve(orders);
    expect(await after(10_000, fleet)).toEqual({ became: 'nothing', tries: 2 });
    becomesReady(children[1]);
    expect(await after(0, fleet)).toEqual({ became: 'ready', tries: 2 });
    hasWork(children[1]);
    expect(await after(0, fleet)).toEqual({ became: 'ready', tries: 3 });
    hasWork(children[1]);
    becomesReady(children[0]);
    becomesReady(children[2]);
    expect(await after(0, fleet)).toEqual({ became: 'ready', tries: 3 });
    hasWork(children[0]);
    hasWork(children[2]);
    expect(await after(0, fleet)).toEqual({ became: 'ready', tries: 4 });
    becomesReady(children[3]);
    hasWork(children[3]);
    expect(await after(10_000, fleet)).toEqual({ became: 'ready', tries: 4 });
    expect(children.map(({ send }) => send.mock.calls.map(([message]) => message.type))).toEqual(
      Array(4).fill(['start']),
    );
    await fleet.stop();
  });

  it('has processes load before it is known what they serve', async () => {
    const fleet = new WorkerFleet(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([children.length, children[0]?.send.mock.calls]).toEqual([1, []]);
    fleet.serve(orders);
    expect(children[0]?.send).toHaveBeenCalledWith(expect.objectContaining({ type: 'start' }), expect.anything());
    await fleet.stop();
    expect(watch.ended).toHaveBeenCalledTimes(1);
  });

  it('ends at once, and unheard, where nothing is to be served', async () => {
    const fleet = new WorkerFleet(8);
    await fleet.stop();
    expect(children.every(({ kill }) => kill.mock.calls.length === 1)).toBe(true);
    expect(await after(10_000, fleet)).toEqual({ became: 'nothing', tries: children.length });
    expect(watch.noted).not.toHaveBeenCalled();
    expect(watch.ended).not.toHaveBeenCalled();
  });
});
