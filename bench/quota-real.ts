/**
 * How much of a strict quota is used, and what is refused, through real servers on this machine: this library beside
 * Temporal's own rate of a task queue, bottleneck on a Redis, and a script that sleeps and tries again. Eight clients of
 * one process; the provider is in it too, so that nothing jitters on the way. Over more limits and windows, in virtual
 * time: bench/quota.ts.
 *
 *   npx tsx bench/quota-real.ts [file for the results]
 */
import { startRedis } from './processes/redis';
import { bottleneck, type Contestant, sleepRetry, taskQueueRate, temporalLimits } from './quota/contestants';
import { StrictWindow } from './quota/strict-window';
import { report } from './support/report';
import { startTemporal } from './support/temporal';

/** Each provider's own limit; they are called at the same time. */
const QUOTAS = [
  { capacity: 50, windowSeconds: 1 },
  { capacity: 250, windowSeconds: 5 },
] as const;
const FOR_MS = 21_500;

async function main(): Promise<void> {
  const temporal = await startTemporal();
  const redis = await startRedis();
  const contestants: Readonly<Record<string, Contestant>> = {
    'temporal-limits': temporalLimits,
    maxTaskQueueActivitiesPerSecond: taskQueueRate,
    ...(redis === undefined ? {} : { 'bottleneck + Redis': bottleneck }),
    'sleep and retry': sleepRetry,
  };
  const places = { temporal, redis: redis?.url };
  const rows: string[][] = [];
  const numbers: object[] = [];
  for (const [name, contestant] of Object.entries(contestants)) {
    const providers = QUOTAS.map(({ capacity, windowSeconds }) => new StrictWindow(capacity, 1_000 * windowSeconds));
    await Promise.all(providers.map((provider) => contestant(provider, FOR_MS, places)));
    const cells = providers.map(({ arrivals, windowMs, accepted, refused }) => {
      const share = arrivals.share(windowMs, 1);
      numbers.push({ name, windowMs, share, accepted, refused });
      return `${(100 * share).toFixed(1)} %, ${Math.round((1_000 * refused) / accepted)}`;
    });
    rows.push([name, ...cells]);
  }
  const title = 'share of a strict quota used, and refused for each 1,000 calls, by 8 clients';
  const columns = ['', ...QUOTAS.map(({ capacity, windowSeconds }) => `${capacity} calls per ${windowSeconds} s`)];
  report('quota-real', [{ title, columns, rows }], numbers, process.argv[2]);
  redis?.stop();
  await temporal.stop();
}

void main().then(() => process.exit());
