import { Command } from 'commander';
import { ending } from './ending';

const HELP = `
The worker serves the task queue of every set of the config, with the activity \`complete({ prompt, maxTokens })\`. It
resolves with { text, usage, attempts }. Together with all other processes that use a set, the worker
stays within its limits. It also runs limiter workflows. Run as many workers as you like. On the first Ctrl-C or SIGTERM, it finishes
running activities, for up to 50 s.

The Temporal server is the one that the config names, else TEMPORAL_ADDRESS or temporal.toml, else localhost:7233.

Examples:
  temporal-limits worker --config limits.yaml
  temporal-limits worker --config limits.yaml --metrics 127.0.0.1:9464

Exit codes: 0 ended by a signal, 1 a worker failed, 2 bad config, or the server does not answer.`;

/** The worker command. It passes its exit code to `exit`. */
export function workerOptions(exit: (code: number) => void): Command {
  return new Command('worker')
    .description('run activities that answer prompts, within the limits of limits.yaml')
    .option('--config <file>', 'limits.yaml: the sets and their limits', 'limits.yaml')
    .option('--metrics <host:port>', 'serve the metrics of the limits and of the SDK to Prometheus there')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(({ config, metrics }: { readonly config: string; readonly metrics?: string }) =>
      ending(exit, async () => {
        // the worker takes a while to load, and --help does not need it
        const { serveSets } = await import('./worker-command.js');
        await serveSets(config, metrics);
      }),
    );
}
