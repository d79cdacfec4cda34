/**
 * Utilisation monitoring: reads how much of each limit is in use and what waits, at regular intervals, and passes it to
 * a metrics collector. Here it prints the text format of Prometheus. In Temporal mode, `getStats` covers all processes,
 * so one process that asks is enough.
 *
 *   npx tsx examples/utilisation/main.ts
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLimit, LimitSet, ResourceLimit, type LimitSetStats } from 'temporal-limits';

const limits = new LimitSet({
  name: 'search',
  limits: [new CallLimit({ windowSeconds: 60, capacity: 100 }), new ResourceLimit({ key: 'connections', capacity: 4 })],
});

/** The stats of a set as gauges in the text format of Prometheus. */
export function toPrometheus({ name = 'unnamed', limits: byKey, waiting }: LimitSetStats): string {
  const gauges = Object.entries(byKey).flatMap(([key, { capacity, available, utilization }]) => {
    const labels = `{set="${name}",limit="${key}"}`;
    return [
      `limits_capacity${labels} ${String(capacity)}`,
      `limits_available${labels} ${String(available)}`,
      `limits_utilization${labels} ${utilization.toFixed(3)}`,
    ];
  });
  return [...gauges, `limits_waiting{set="${name}"} ${String(waiting)}`].join('\n');
}

/** Reads the stats until it is told to stop. A reading that fails is left out: monitoring must not end what it watches. */
async function watch(everyMs: number, publish: (text: string) => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await limits.getStats().then(
      (stats) => publish(toPrometheus(stats)),
      (error: unknown) => console.error('no stats this time', error),
    );
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Ten searches over four connections, watched. */
export async function main(publish: (text: string) => void = console.log): Promise<void> {
  const searches = Array.from({ length: 10 }, () => limits.use({}, () => sleep(100)));
  const done = new AbortController();
  const watching = watch(50, publish, done.signal);
  await Promise.all(searches);
  done.abort();
  await watching;
  await limits.close();
}

if (require.main === module) void main();
