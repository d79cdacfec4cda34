import { Command } from 'commander';
import { ending } from './ending';
import { withTarget } from '../operate/target-options';
import { portArgument } from '../operate/whole-argument';
import { type MetricsCommandOptions } from './metrics-command';

const DEFAULT_PORT = 9_465;

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
      .option('--port <number>', 'the port to listen on; 0 for any free port', portArgument, DEFAULT_PORT)
      .option('--host <address>', 'the address to listen on; 127.0.0.1 is for this machine only', '127.0.0.1'),
  )
    .addHelpText('after', HELP)
    .exitOverride()
    .action((options: MetricsCommandOptions) =>
      ending(exit, async () => {
        const { metricsCommand } = await import('./metrics-command.js');
        await metricsCommand(options);
      }),
    );
}
