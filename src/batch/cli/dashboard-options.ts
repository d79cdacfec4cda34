import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, exitCodeOf, reasonOf } from '../errors/exit-code';
import { withTarget } from '../operate/target-options';
import { type DashboardCommandOptions } from './dashboard-command';

const MOST_PORT = 65_535;
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
      .option('--port <number>', 'the port to listen on; 0 for any free port (default: 7240)', portOf)
      .option('--host <address>', 'the address to listen on (default: 127.0.0.1, for this machine only)')
      .option('--allow-host <name...>', 'more host names to accept, such as that of a proxy')
      .option('--allow-changes', 'let anyone with the token pause sets and change capacities', false)
      .addOption(
        new Option('--token <token>', 'the token (default: a random one)')
          .env('TEMPORAL_LIMITS_TOKEN')
          .argParser(tokenOf),
      )
      .option(
        '--ui <url>',
        "the address of Temporal's UI, for links (default: known for Temporal Cloud and a local dev server)",
        urlOf,
      ),
  )
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: DashboardCommandOptions) => {
      try {
        const { dashboardCommand } = await import('./dashboard-command.js');
        await dashboardCommand(options);
        exit(EXIT.ok);
      } catch (error) {
        process.stderr.write(`${reasonOf(error)}\n`);
        exit(exitCodeOf(error));
      }
    });
}

/** @throws {InvalidArgumentError} unless it is the number of a port, or 0 for any that is free */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MOST_PORT) return port;
  throw new InvalidArgumentError(`must be a whole number from 0 to ${MOST_PORT}.`);
}

/** Empty counts as none, as where a container's settings pass on a variable that has not been set. */
function tokenOf(text: string): string | undefined {
  if (text === '') return undefined;
  if (text.length >= FEWEST_CHARACTERS && /^[\w.~-]+$/.test(text)) return text;
  throw new InvalidArgumentError(`must have at least ${FEWEST_CHARACTERS} letters, digits, or any of . _ ~ -`);
}

function urlOf(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('must be an http or https address, such as http://localhost:8233');
}
