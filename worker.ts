import { loadBatchConfig } from './src/batch/config/config';
import { defaultAmounts } from './src/batch/config/counted-units';
import { type Complete } from './src/batch/worker/complete';
import { installQuietRuntime } from './src/batch/temporal/quiet-runtime';
import { runWorkers, createSetWorkers } from './src/batch/worker/set-workers';
import { connectTemporal } from './src/batch/temporal/temporal-target';
import { countInputTokens } from './src/batch/tokens/tokens';
import { warmUp } from './src/batch/worker/provider';

/**
 * A production worker: serves the task queue of every set of a limits.yaml, within the set's limits, with the activity
 * `complete({ prompt, maxTokens })`, which resolves with `{ text, usage, attempts }`. Run as many as you like: they share
 * the limits, and each runs limiter workflows too. The connection comes from the environment, as `@temporalio/envconfig`
 * reads it, unless limits.yaml names one.
 *
 *   node lib/worker.js [limits.yaml]
 */
async function main(file = 'limits.yaml'): Promise<void> {
  installQuietRuntime();
  const loaded = await loadBatchConfig(file);
  const { config, dataConverter } = loaded;
  const [connections] = await Promise.all([connectTemporal(config.temporal ?? {}, dataConverter), warmUp()]);
  const workers = await createSetWorkers({
    ...loaded,
    connection: connections.native,
    client: connections.client,
    namespace: connections.namespace,
    activities: (complete, { config: { model } }) => promptActivities(complete, model, defaultAmounts(config.units)),
    hostLimiter: true,
    shutdownGraceMs: 50_000,
  });
  const running = runWorkers(workers);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => running.stop());
  const queues = config.sets.map((set) => set.config.taskQueue).join(', ');
  process.stderr.write(`Serving ${queues} in namespace ${connections.namespace}\n`);
  try {
    await running.ended;
  } finally {
    await connections.close();
  }
}

function promptActivities(complete: Complete, model: string, others: Readonly<Record<string, number>>) {
  return {
    complete: ({ prompt, maxTokens }: { prompt: string; maxTokens: number }) =>
      complete(async () => {
        const requested = { ...others, input_tokens: await countInputTokens(prompt, model), output_tokens: maxTokens };
        return { prompt, maxTokens, requested };
      }),
  };
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
