import { Command } from 'commander';
import { printableLines } from '../text/printable';
import { ending } from './ending';

/** The commands for a batch that runs. */
const CONTROLS = {
  status: 'show the progress of a batch: items, failures, sets, use of the limits',
  pause: 'start no more items until `resume`; calls in flight finish',
  resume: 'continue a paused batch',
  cancel: 'stop a batch and keep its results; its command can continue it later',
} as const;

/** The commands for a batch that runs. Each passes its exit code to `exit`. */
export function controlOptions(exit: (code: number) => void): Command[] {
  return Object.entries(CONTROLS).map(([name, description]) =>
    new Command(name)
      .description(description)
      .argument('<id>', 'the id of the batch, which its command prints')
      .option(
        '--address <host:port>',
        'its Temporal server, if it was not started on this machine (default: TEMPORAL_ADDRESS)',
      )
      .exitOverride()
      .action((id: string, { address }: { address?: string }) =>
        ending(exit, async () => {
          const { controlBatch } = await import('./control-command.js');
          process.stdout.write(printableLines(await controlBatch(name as keyof typeof CONTROLS, id, address)));
        }),
      ),
  );
}
