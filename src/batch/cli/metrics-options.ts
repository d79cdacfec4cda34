import { Command } from 'commander';
import { LimitsAdmin } from '../../client/admin/limits-admin';
import { EXIT, exitCodeOf, reasonOf } from '../errors/exit-code';
import { collectMetrics } from '../metrics/limiter-metrics';
import { serveMetrics } from '../metrics/metrics-server';
import { portOf } from './dashboard-options';
import { type TargetOptions, withTarget } from '../operate/session';
import { interrupted, withLazyClient } from './lazy-client';

interface MetricsCommandOptions extends TargetOptions {
  readonly port: number;
  readonly host: string;
}

const DEFAULT_PORT = 9_465;
/** A scrape that takes longer has been given up. Unit: milliseconds. */
const SCRAPE_MS = 10_000;

const HELP = `
Answers GET /metrics with the state of every limiter in the namespace: usage, waiting requests and states. Each scrape
queries every limiter, which adds nothing to a history. docs/guide/metrics.md explains each metric.

  temporal-limits metrics
  temporal-limits metrics --host 0.0.0.0 --port 9465

Exit codes: 0 ended by a signal, 2 bad input, or it cannot listen there.`;

/** The command that serves metrics of limiters. It passes its exit code to `exit`. */
export function metricsOptions(exit: (code: number) => void): Command {
  return withTarget(
    new Command('metrics')
      .description('serve the metrics of the limiters to Prometheus')
      .option('--port <number>', 'the port to listen on; 0 for any free port', portOf, DEFAULT_PORT)
      .option('--host <address>', 'the address to listen on; 127.0.0.1 is for this machine only', '127.0.0.1'),
  )
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: MetricsCommandOptions) => {
      try {
        await serveUntilInterrupted(options);
        exit(EXIT.ok);
      } catch (error) {
        process.stderr.write(`${reasonOf(error)}\n`);
        exit(exitCodeOf(error));
      }
    });
}

async function serveUntilInterrupted({ host, port, ...target }: MetricsCommandOptions): Promise<void> {
  await withLazyClient(target, async (client) => {
    const admin = new LimitsAdmin({ client });
    const collect = () => client.withDeadline(Date.now() + SCRAPE_MS, () => collectMetrics(admin));
    const server = await serveMetrics(collect, { host, port });
    process.stdout.write(`${server.url}\n`);
    await interrupted();
    await server.close();
  });
}
