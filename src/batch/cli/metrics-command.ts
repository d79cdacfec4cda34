import { LimitsAdmin } from '../../client/admin/limits-admin';
import { collectMetrics } from '../metrics/limiter-metrics';
import { serveMetrics } from '../metrics/metrics-server';
import { type TargetOptions } from '../operate/target-options';
import { interrupted, withLazyClient } from './lazy-client';

export interface MetricsCommandOptions extends TargetOptions {
  readonly port: number;
  readonly host: string;
}

/** A scrape that takes longer has been given up. Unit: milliseconds. */
const SCRAPE_MS = 10_000;

/** Serves the metrics of the limiters until this process is told to end. */
export async function metricsCommand({ host, port, ...target }: MetricsCommandOptions): Promise<void> {
  await withLazyClient(target, async (client) => {
    const admin = new LimitsAdmin({ client });
    const collect = () => client.withDeadline(Date.now() + SCRAPE_MS, () => collectMetrics(admin));
    const server = await serveMetrics(collect, { host, port });
    process.stdout.write(`${server.url}\n`);
    await interrupted();
    await server.close();
  });
}
