import { Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors/errors';
import { ending } from './ending';
import { withTarget } from '../operate/target-options';
import { portArgument } from '../operate/whole-argument';
import { type DashboardCommandOptions } from './dashboard-command';

/** Shorter ones can be guessed. */
const FEWEST_CHARACTERS = 16;

const HELP = `
Shows every limit set of the namespace: its usage, what waits and why, the last hour, and the changes of operators. By
default, only this machine can reach it, and it is read-only. Viewing adds nothing to any history.

With --allow-changes, each change needs the token. With a --host that others can reach, every request does. The printed
address has the token. To keep one, set TEMPORAL_LIMITS_TOKEN: other users can see options in the process list.

  temporal-limits dashboard
  temporal-limits dashboard --allow-changes
  TEMPORAL_LIMITS_TOKEN=… temporal-limits dashboard --host 0.0.0.0 --allow-host limits.example.com`;

/** The dashboard command. It passes its exit code to `exit`. */
export function dashboardOptions(exit: (code: number) => void): Command {
  return withTarget(
    new Command('dashboard')
      .description('serve pages that show the limit sets and, if allowed, change them')
      .option('--port <number>', 'the port to listen on; 0 for any free port (default: 7240)', portArgument)
      .option('--host <address>', 'the address to listen on (default: 127.0.0.1, for this machine only)')
      .option(
        '--allow-host <name...>',
        'more host names to accept, such as that of a proxy, with its port if a browser shows one',
      )
      .option('--allow-changes', 'let anyone with the token pause sets and change capacities', false)
      .addOption(new Option('--token <token>', 'the token (default: a random one)').env('TEMPORAL_LIMITS_TOKEN'))
      .option(
        '--ui <url>',
        "the address of Temporal's UI, for links (default: known for Temporal Cloud and a local dev server)",
        urlOf,
      ),
  )
    .addHelpText('after', HELP)
    .exitOverride()
    .action((options: DashboardCommandOptions) =>
      ending(exit, async () => {
        const { dashboardCommand } = await import('./dashboard-command.js');
        await dashboardCommand({ ...options, token: tokenOf(options.token) });
      }),
    );
}

/**
 * Empty counts as none, as where a container's settings pass on a variable that has not been set.
 *
 * @throws {UsageError} without the token, which commander would print
 */
function tokenOf(text = ''): string | undefined {
  if (text === '') return undefined;
  if (text.length >= FEWEST_CHARACTERS && /^[\w.~-]+$/.test(text)) return text;
  throw new UsageError(
    `the token (--token, TEMPORAL_LIMITS_TOKEN) must have at least ${FEWEST_CHARACTERS} letters, digits, or any of . _ ~ -`,
  );
}

function urlOf(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be an http or https address, such as http://localhost:8233');
}
