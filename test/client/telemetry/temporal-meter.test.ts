import { noopMetricMeter, type MetricMeter, type MetricTags } from '@temporalio/common';
import { WRITE_MS } from '../../../src/client/telemetry/temporal-meter';
import { limitsMetrics, LimitSet, RateLimit, ResourceLimit } from '../../../src/index';

/** What a meter was told, as lines. */
const lines: string[] = [];
const told = (name: string) => (value: number, tags?: MetricTags) =>
  void lines.push(`${name} ${Object.values(tags ?? {}).join(' ')} ${value}`);
const meter: MetricMeter = {
  createCounter: (name) => ({ ...noopMetricMeter.createCounter(name), add: told(name) }),
  createGauge: (name) => ({ ...noopMetricMeter.createGauge(name), set: told(name) }),
  createHistogram: (name) => ({ ...noopMetricMeter.createHistogram(name), record: told(name) }),
  withTags: () => meter,
};

let stop: () => void;

beforeEach(() => {
  lines.length = 0;
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  stop = limitsMetrics({ meter });
});

afterEach(() => {
  stop();
  jest.useRealTimers();
});

const set = () =>
  new LimitSet({
    limits: [
      new RateLimit({ key: 'usd', windowSeconds: 3_600, capacity: 100 }),
      new ResourceLimit({ key: 'connections', capacity: 5 }),
    ],
  });

it('a meter of Temporal is told every few seconds how much more it has become, in names without dots', async () => {
  const limits = set();
  const slot = await limits.acquire({ requested: { usd: 3 } });
  jest.advanceTimersByTime(WRITE_MS - 1);
  expect(lines).toEqual([]);
  jest.advanceTimersByTime(1);
  const standing = ['temporal_limits_capacity unnamed usd 100', 'temporal_limits_capacity unnamed connections 5'];
  const inUse = (permits: number) => `temporal_limits_permits_in_use unnamed connections ${permits}`;
  expect(lines.sort()).toEqual(['temporal_limits_acquire_requests unnamed acquired 1', inUse(1), ...standing].sort());
  lines.length = 0;
  slot.update({ usage: { usd: 2 } });
  await slot.release();
  stop();
  expect(lines.sort()).toEqual(['temporal_limits_units unnamed usd 2', inUse(0), ...standing].sort());
});

it('fractions of a unit are told when they have become a whole one', async () => {
  const limits = set();
  const spend = async (usd: number): Promise<void> => {
    const slot = await limits.acquire({ requested: { usd: 1 } });
    slot.update({ usage: { usd } });
    await slot.release();
    jest.advanceTimersByTime(WRITE_MS);
  };
  for (let i = 0; i < 9; i += 1) await spend(0.25);
  expect(lines.filter((line) => line.includes('_units'))).toEqual(Array(2).fill('temporal_limits_units unnamed usd 1'));
});

it('waits are told at once, in seconds', async () => {
  const limits = set();
  const all = await limits.acquire({ requested: { connections: 5, usd: 1 } });
  const waiting = limits.acquire({ requested: { usd: 1 } });
  all.update({ usage: { usd: 1 } });
  await all.release();
  await waiting;
  expect(lines).toEqual([
    expect.stringMatching(/^temporal_limits_acquire_time_in_queue unnamed acquired 0(\.0\d*)?(e-\d+)?$/),
  ]);
});
