import { Forecaster } from '../../../src/batch/report/forecast';
import { type ProgressSnapshot } from '../../../src/batch/report/progress-snapshot';
import { type MonitorOptions, monitor } from '../../../src/batch/report/run-monitor';
import { ResultCounts } from '../../../src/batch/report/result-counts';
import { newSetWork } from '../../../src/batch/worker/work-counters';

const limits = [
  { kind: 'call', windowSeconds: 60, capacity: 100 },
  { kind: 'resource', key: 'connections', capacity: 10 },
] as const;
const sets = [{ name: 'east', config: { taskQueue: 'east', baseURL: 'https://h', model: 'm' }, limits }];
const stats = { limits: { call_count: { utilization: 0.4 }, connections: { utilization: 0 } } };

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** What is shown by a monitor that sees so much. */
function shown(own: Partial<MonitorOptions>) {
  const snapshots: ProgressSnapshot[] = [];
  const stop = monitor({
    ...{ sets, total: 10, before: [], tally: new ResultCounts(), work: () => ({}), isPaused: async () => false },
    ...{ forecaster: new Forecaster({ items: 10, leastSeconds: 30, windowSeconds: 60 }) },
    ...{ progress: { update: (each) => snapshots.push(each), stop: () => undefined } },
    ...{ connection: { text: undefined, ping: async () => undefined } as unknown as MonitorOptions['connection'] },
    ...{ queryLimiters: async () => new Map(), signal: new AbortController().signal },
    ...own,
  });
  stops.push(stop);
  return { snapshots, stop };
}

it('shows something at once, and with the limiters as soon as they have answered', async () => {
  const work = { east: { ...newSetWork(), active: 8, waiting: 2 } };
  const answer = new Map([['east', stats as never]]);
  const { snapshots, stop } = shown({ work: () => work, queryLimiters: async () => answer });
  await Promise.resolve();
  stop();
  expect(snapshots[0]).toMatchObject({ rest: { kind: 'at least' }, sets: [{ inFlight: 8, waiting: 2 }] });
  // permits are those of the items at work, whatever the limiter said a while ago
  expect(snapshots.at(-1)?.sets[0]?.quotas).toEqual([
    { key: 'call_count', share: 0.4 },
    { key: 'connections', share: 0.8 },
  ]);
});

it('says at once that it is ending', () => {
  const ending = new AbortController();
  const { snapshots, stop } = shown({ signal: ending.signal });
  ending.abort();
  expect(snapshots.at(-1)?.trouble).toBe('stopping; press Ctrl-C again to stop at once');
  stop();
});

it('says why nothing is at work, while items wait for their next attempts', () => {
  const work = { east: { ...newSetWork(), faults: { server_error: 3 } } };
  const { snapshots, stop } = shown({ work: () => work });
  stop();
  expect(snapshots.at(-1)?.trouble).toBe('waiting for the next attempts');
  const { snapshots: busy, stop: stopBusy } = shown({ work: () => ({ east: { ...work.east, active: 1 } }) });
  stopBusy();
  expect(busy.at(-1)?.trouble).toBeUndefined();
});
