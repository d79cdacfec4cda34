import { Runtime } from '@temporalio/worker';
import { freePort } from '../../../scripts/real-server/free-port';
import { limitsMetrics, LimitSet, ResourceLimit } from '../../../src/index';
import { until } from '../../support/until';

it("Temporal's runtime exports the metrics to Prometheus beside its own", async () => {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  const prometheus = { bindAddress, countersTotalSuffix: true, unitSuffix: true };
  const runtime = Runtime.install({ telemetryOptions: { metrics: { prometheus } } });
  const stop = limitsMetrics({ meter: runtime.metricMeter });
  const set = new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
  const slot = await set.acquire();
  const waiting = set.acquire();
  await slot.release();
  await waiting;
  stop();
  let text = '';
  await until('all metrics are there', async () => {
    text = await (await fetch(`http://${bindAddress}/metrics`)).text();
    return text.includes('temporal_limits_capacity') || text;
  });
  await runtime.shutdown();
  expect(text).toContain('temporal_limits_acquire_requests_total{limits_outcome="acquired",limits_set="unnamed"} 2');
  expect(text).toContain('temporal_limits_permits_in_use{limits_key="connections",limits_set="unnamed"} 1');
  expect(text).toMatch(/temporal_limits_acquire_time_in_queue_seconds_bucket\{[^}]*limits_set="unnamed"[^}]*\} 1/);
});
