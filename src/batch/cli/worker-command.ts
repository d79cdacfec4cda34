import { Context } from '@temporalio/activity';
import { heartbeating } from '../../activities/context/heartbeat';
import { loadBatchConfig } from '../config/config';
import { defaultAmounts } from '../config/counted-units';
import { installQuietRuntime } from '../temporal/quiet-runtime';
import { connectTemporal } from '../temporal/connect-temporal';
import { countInputTokens } from '../tokens/tokens';
import { type Complete } from '../worker/complete';
import { warmUp } from '../worker/provider';
import { createSetWorkers, runWorkers } from '../worker/set-workers';

/** How long running activities may continue after a signal. Unit: milliseconds. */
const SHUTDOWN_GRACE_MS = 50_000;

/**
 * Serves the task queues of a config's sets until a signal.
 *
 * @param metricsAt Where Prometheus finds its metrics. @default nowhere
 */
export async function serveSets(file: string, metricsAt?: string): Promise<void> {
  installQuietRuntime(metricsAt);
  const loaded = await loadBatchConfig(file);
  const { config, dataConverter } = loaded;
  const [connections] = await Promise.all([connectTemporal(config.temporal ?? {}, dataConverter), warmUp()]);
  try {
    const workers = await createSetWorkers({
      ...loaded,
      connection: connections.native,
      client: connections.client,
      namespace: connections.namespace,
      activities: (complete, { config: { model } }) => promptActivities(complete, model, defaultAmounts(config.units)),
      hostLimiter: true,
      shutdownGraceMs: SHUTDOWN_GRACE_MS,
    });
    const running = runWorkers(workers);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => running.stop());
    const queues = config.sets.map((set) => set.config.taskQueue).join(', ');
    process.stderr.write(`Serving ${queues} in namespace ${connections.namespace} at ${connections.address}\n`);
    await running.ended;
  } finally {
    await connections.close();
  }
}

function promptActivities(complete: Complete, model: string, others: Readonly<Record<string, number>>) {
  return {
    complete: async ({ prompt, maxTokens }: { prompt: string; maxTokens: number }) => {
      const context = Context.current();
      const { attempt } = context.info;
      const read = async () => {
        const requested = { ...others, input_tokens: await countInputTokens(prompt, model), output_tokens: maxTokens };
        return { prompt, maxTokens, requested };
      };
      return { ...(await heartbeating(context, complete(read, attempt))), attempts: attempt };
    },
  };
}
