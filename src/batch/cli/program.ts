import { Command, CommanderError } from 'commander';
import { Answering } from '../operate/answering';
import { batchOptions } from './batch-options';
import { changeCommands } from '../operate/change-commands';
import { clearCommand } from '../operate/clear-command';
import { dashboardOptions } from './dashboard-options';
import { lookCommands } from '../operate/look-commands';
import { EXIT } from '../errors/exit-code';
import { readManifest } from './manifest';
import { metricsOptions } from './metrics-options';
import { type WithSession } from '../operate/session';
import { workerOptions } from './worker-options';

const HELP = `
Each command has its own --help, with examples. Commands for limits read TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and
temporal.toml, as the Temporal CLI does, and print JSON with -o json.`;

/** Temporal's client is loaded by the commands that talk to a server, once they are to. */
const withSession: WithSession = async (target, act) =>
  (await import('../operate/session.js')).withSession(target, act);

/** Runs the command line of this process. Resolves with the exit code. */
export async function runProgram(): Promise<number> {
  let code: number = EXIT.ok;
  const exit = (ended: number): void => void (code = ended);
  const { stdin, stdout, stderr } = process;
  const program = programFor(new Answering({ withSession, stdin, stdout, stderr, exit }));
  try {
    await program.parseAsync();
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
}

/** The whole command line. */
export function programFor(answering: Answering): Command {
  const { exit } = answering.surroundings;
  const program = new Command('temporal-limits')
    .description('Runs batches of prompts within limits, and inspects and changes limits in use.')
    .version(readManifest().version)
    .addHelpText('after', HELP)
    .exitOverride();
  const groups: Readonly<Record<string, readonly Command[]>> = {
    'Run:': [batchOptions(exit), workerOptions(exit)],
    'Inspect:': [...lookCommands(answering), dashboardOptions(exit), metricsOptions(exit)],
    'Change:': changeCommands(answering),
    'Clean up:': [clearCommand(answering)],
  };
  for (const [heading, commands] of Object.entries(groups)) {
    for (const command of commands) program.addCommand(command.helpGroup(heading));
  }
  return program;
}
