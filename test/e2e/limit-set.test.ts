import { randomUUID } from 'node:crypto';
import { collectMetrics } from '../../src/batch/metrics/limiter-metrics';
import { CallLimit, LimitsAdmin, limitsMetrics, LimitSet, ResourceLimit } from '../../src/index';
import { describeLimitSet } from '../support/describe-limit-set';
import { TestReader } from '../support/metric-reader';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterAll(() => temporal.stop());

describeLimitSet(
  'Temporal mode',
  (options) => new LimitSet({ ...options, name: randomUUID(), mode: 'temporal', client: temporal.client }),
);

it('a set in Temporal mode has its metrics, and its limiter others', async () => {
  const reader = new TestReader();
  const stop = limitsMetrics({ meter: reader.meter });
  const limits = [
    new CallLimit({ windowSeconds: 3_600, capacity: 9 }),
    new ResourceLimit({ key: 'seats', capacity: 1 }),
  ];
  const set = new LimitSet({ name: `${randomUUID()}[1]`, mode: 'temporal', client: temporal.client, limits });
  const slot = await set.acquire();
  const waiting = set.acquire();
  slot.observe({ status: 200 });
  await slot.release();
  await waiting;
  const family = set.name?.slice(0, -'[1]'.length) ?? '';
  expect(await reader.read()).toEqual({
    'acquire.requests': { [`${family} acquired`]: 2 },
    // the first waits for the limiter's first word, too
    'acquire.time_in_queue': { [`${family} acquired`]: 2 },
    queued_requests: { [family]: 0 },
    'permits.in_use': { [`${family} seats`]: 1 },
    units: { [`${family} call_count`]: 1 },
    capacity: { [`${family} call_count`]: 9, [`${family} seats`]: 1 },
    'provider.responses': { [`${family} ok`]: 1 },
  });
  stop();
  await reader.shutdown();
  const shown = await collectMetrics(new LimitsAdmin({ client: temporal.client }));
  expect(shown).toContain(`temporal_limits_limiter_capacity{limits_set="${family}",limits_key="call_count"} 9\n`);
  expect(shown).toContain(`temporal_limits_limiter_clients{limits_set="${family}"} 1\n`);
  await set.close();
});
