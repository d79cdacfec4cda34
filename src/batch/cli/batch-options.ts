import { Command } from 'commander';
import { type BatchCommandOptions } from './batch-command';
import { controlOptions } from './control-options';
import { detach } from '../run/detach';
import { toldCode } from './ending';
import { wholeArgument } from '../operate/whole-argument';
import { WorkerFleet } from '../worker/worker-fleet';

const MOST_WORKERS = 256;
const MOST_PARTITIONS = 16;

type Options = Partial<BatchCommandOptions> & { readonly detach: boolean };

const HELP = `
A batch has an id and outlives its command. If the command, its workers or its Temporal server were killed, or after
Ctrl-C, run the same command again: it continues where it stopped. Until then, <output>.batch keeps its state.

Exit codes: 0 every item is ok, 1 some failed, 2 bad options, config or input (no item was tried), 130 after Ctrl-C or
\`batch cancel\`.`;

/** The batch command. It passes its exit code to \`exit\`. */
export function batchOptions(exit: (code: number) => void): Command {
  const command: Command = new Command('batch')
    .description('answer every prompt in a file')
    .usage(
      '--config <file> --input <file> --output <file> [options]\n       temporal-limits batch status|pause|resume|cancel <id>',
    )
    .option('--config <file>', 'limits.yaml: the accounts and their limits')
    .option('--input <file>', 'a file with a line {"id", "prompt", "maxTokens"} for each prompt')
    .option('--output <file>', 'a file that gets a line for each prompt as it finishes')
    .option('--workers <number>', 'worker processes', wholeArgument(1, MOST_WORKERS), 2)
    .option(
      '--partitions <number>',
      'batch workflows that share the items of a new batch. One handles about 500 items a second',
      wholeArgument(1, MOST_PARTITIONS),
      1,
    )
    .option('--resume', 'continue an unfinished batch, or one whose results are in the output', false)
    .option('--retry-failed', 'try failed items of the output again; implies --resume', false)
    .option('--force', 'start over, and replace the output', false)
    .option('--dashboard', 'serve a live page of the accounts on this machine, and print its address', false)
    .option('--detach', 'run in the background, with a log at <output>.log, and print the id', false)
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async ({ detach: isDetached, ...options }: Options) => {
      const { config, input, output } = options;
      for (const [name, value] of Object.entries({ config, input, output })) {
        if (value === undefined) command.error(`error: required option '--${name} <file>' not specified`);
      }
      const whole = options as BatchCommandOptions;
      exit(await (isDetached ? detach(whole.output).catch((error: unknown) => toldCode(error)) : run(whole)));
    });
  for (const control of controlOptions(exit)) command.addCommand(control);
  return command;
}

/** A batch takes a while to load, and other commands do without. Its worker processes load what they need meanwhile. */
async function run(options: BatchCommandOptions): Promise<number> {
  const fleet = new WorkerFleet(options.workers);
  const { batchCommand } = await import('./batch-command.js');
  return batchCommand(options, fleet);
}
