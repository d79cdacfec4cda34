/**
 * Starts a Prometheus that scrapes the metrics of limits, and sends it every expression of the board and the alert rules:
 * each must return data. The metrics are exported by Temporal's runtime, from events of every kind.
 *
 *   npx tsx scripts/check-grafana.ts [the prometheus command]
 *
 * `go install github.com/prometheus/prometheus/cmd/prometheus@latest` builds one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import { limiterMetrics, type ShownSet } from '../src/batch/metrics/limiter-metrics';
import { serveMetrics } from '../src/batch/metrics/metrics-server';
import { nextNumber, publish } from '../src/client/events/limit-events';
import { limitsMetrics } from '../src/index';
import { inspectionOf } from '../test/support/fake-limits-admin';
import { expressions } from '../test/support/monitoring';
import { freePort } from './real-server/free-port';

const PATIENCE_MS = 60_000;
/** These must tell of what has happened only once. */
const AT_ONCE: readonly string[] = ['alert LimitsAccountAside', 'alert LimitsLeasesLost'];
const definitions = [{ kind: 'resource', key: 'connections', capacity: 5 } as const];

/** Something of every kind, for a set that waits too long, times out, is throttled, set aside, and lost. */
function everything(set: string): void {
  const held = (unlimited: boolean) => ({ set, number: nextNumber(), definitions, amounts: [1], unlimited });
  publish({ type: 'acquired', held: held(false) });
  publish({ type: 'acquired', held: held(true) });
  publish({ type: 'queued', waiting: { set, number: nextNumber() } });
  const waiting = { set, number: nextNumber() };
  publish({ type: 'queued', waiting });
  publish({ type: 'dequeued', waiting, outcome: 'timeout', waitedMs: 300_000, error: undefined });
  publish({ type: 'answered', set, outcome: 'throttled', cause: 'rate_limit' });
  publish({ type: 'suspended', set, kind: 'CIRCUIT', cause: 'unauthorized' });
  publish({ type: 'lease lost', set });
  const used = { ...held(false), definitions: [window], amounts: [1] };
  publish({ type: 'acquired', held: used });
  publish({ type: 'released', held: used, used: [1] });
}

const window = {
  ...({ kind: 'call', key: 'call_count', algorithm: 'SlidingWindow', overage: 'reject' } as const),
  ...{ windowMs: 60_000, capacity: 500 },
};

/** A limiter that is asked for more than it has and turns clients away, and one that does not answer. */
const LIMITERS: readonly ShownSet[] = [
  { set: 'silent', inspection: undefined },
  { set: 'full', inspection: inspectionOf('full', { waiting: 2, turnedAway: 3 }) },
];

async function main(command = 'prometheus'): Promise<number> {
  const [exporter, port] = [await freePort(), await freePort()];
  Runtime.install({
    telemetryOptions: {
      metrics: {
        prometheus: { bindAddress: `127.0.0.1:${exporter}`, countersTotalSuffix: true, unitSuffix: true },
      },
    },
  });
  const stop = limitsMetrics({ meter: Runtime.instance().metricMeter });
  const limiters = await serveMetrics(() => limiterMetrics(LIMITERS), { host: '127.0.0.1', port: 0 });
  const folder = mkdtempSync(path.join(tmpdir(), 'temporal-limits-prometheus-'));
  writeFileSync(
    path.join(folder, 'prometheus.yaml'),
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [path.resolve(__dirname, '../grafana/alerts.yaml')],
      scrape_configs: [
        { job_name: 'limits', static_configs: [{ targets: [`127.0.0.1:${exporter}`, new URL(limiters.url).host] }] },
      ],
    }),
  );
  const args = [`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`];
  const child = spawn(command, [...args, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
  });
  ended.catch(() => undefined);
  everything('once');
  const feeding = setInterval(() => everything('again and again'), 200);
  try {
    const missing = await Promise.race([ended, untilAnswered(port)]);
    for (const { place, expr } of expressions) {
      console.log(`${missing.some((one) => one.expr === expr) ? 'no data' : 'ok     '}  ${place}: ${expr}`);
    }
    return missing.length === 0 ? 0 : 1;
  } finally {
    clearInterval(feeding);
    stop();
    await limiters.close();
    child.kill();
    await ended.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
    await Runtime.instance().shutdown();
  }
}

/** Which expressions have returned nothing when time is up. */
async function untilAnswered(port: number): Promise<typeof expressions> {
  let missing = expressions;
  for (const deadline = Date.now() + PATIENCE_MS; missing.length > 0 && Date.now() < deadline;) {
    await sleep(1_000);
    const answers = await Promise.all(
      missing.map(async ({ expr, place }) => returnsData(port, expr, AT_ONCE.includes(place))),
    );
    missing = missing.filter((_, i) => answers[i] !== true);
  }
  return missing;
}

interface Answer {
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

async function returnsData(port: number, expr: string, atOnce: boolean): Promise<boolean> {
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`;
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.ok !== true) return false;
  const { data } = (await answer.json()) as Answer;
  const isMeant = (set: string | undefined): boolean => !atOnce || set === 'once';
  return data?.result.some(({ metric, value: [, value] }) => value !== 'NaN' && isMeant(metric['limits_set'])) === true;
}

main(process.argv[2]).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
