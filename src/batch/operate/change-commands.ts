import { type Command } from 'commander';
import { type ChangeResult, type SetAdmin, type TimedChangeOptions } from '../../client/admin/set-admin';
import { DrainEndedError, DrainTimeoutError } from '../../limiter/errors/limiter-errors';
import { shellWord } from '../../limiter/control/shell-word';
import { UsageError } from '../errors/errors';
import { EXIT } from '../errors/exit-code';
import { resultText } from '../look/control-text';
import { inspectionText } from '../look/inspection-text';
import { printable } from '../text/printable';
import { type Answer, type Answering, answerOf, type CommonOptions } from './answering';
import { durationArgument } from './duration-argument';
import { wholeArgument } from './whole-argument';

interface ChangeFlags extends CommonOptions {
  readonly for?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly ifRevision?: number;
}

const CODES = 'Exit codes: 0 done, 2 bad input, or no answer.';

const SET_HELP = `
A deployment does not undo the change, and the change does not conflict with the code. It ends after --for, or with
\`reset\`. A lower capacity takes effect at once. Calls in flight continue, and count.

Examples:
  temporal-limits set openai-eu input_tokens=50000 --for 2h --reason "provider halved our quota"
  temporal-limits set openai-eu call_count=100 connections=5

${CODES}`;

const RESET_HELP = `
Examples:
  temporal-limits reset openai-eu                 all limits
  temporal-limits reset openai-eu input_tokens    one of them

${CODES}`;

const PAUSE_HELP = `
Calls in flight continue. Waiting requests keep waiting, up to their timeouts, and keep their places. The pause ends after
--for, or with \`resume\`. It survives deployments and restarts.

Examples:
  temporal-limits pause openai-eu --for 1h --reason "incident 4711"
  temporal-limits resume openai-eu

${CODES}`;

const DRAIN_HELP = `
No more calls start, and the command ends once nothing is in use. The set stays paused until \`resume\`, even if something
is still in use after --wait.

Example:
  temporal-limits drain openai-eu --wait 5m && ./rotate-the-key && temporal-limits resume openai-eu

While the limiter does not answer, the command waits on, for up to --wait. It ends early if the pause does.

Exit codes: 0 nothing is in use, 1 something may be after --wait or as the pause ended, 2 bad input, or no answer.`;

const FORGET_HELP = `
What the client holds becomes free for others at once, instead of when its lease ends. Use it only for a client that has
surely ended: one that still runs loses its lease, and learns that a moment later. \`stats\` lists the clients.

Example:
  temporal-limits forget openai-eu --client worker-7:4711

${CODES}`;

/** The commands that steer a set while it runs. */
export function changeCommands(answering: Answering): Command[] {
  const change = (
    command: Command,
    act: (set: SetAdmin, options: TimedChangeOptions, args: readonly string[]) => Promise<ChangeResult>,
  ): Command =>
    command
      .option('--reason <text>', 'the reason, which is shown with the change')
      .option('--by <name>', 'who makes the change (default: the user and host)')
      .option('--if-revision <number>', 'only if nobody has changed the set since this revision', wholeArgument(0))
      .action(async (name: string, ...rest: unknown[]) => {
        const [args, flags] = split<ChangeFlags>(rest);
        await answering.answer(flags, async ({ admin }) => {
          const result = await act(admin.set(name), optionsOf(flags), args);
          return answerOf(result, resultText);
        });
      });
  const named = (name: string, description: string, help: string): Command =>
    answering.command(name, description, help).argument('<set>', 'the limit set');
  const temporary = (command: Command): Command =>
    command.option('--for <duration>', 'end the change after this time, such as 30s or 2h', durationArgument);
  return [
    change(
      temporary(named('set', 'replace capacities that the code defines', SET_HELP)).argument(
        '<key=number...>',
        'a limit and its capacity',
      ),
      (set, options, args) => set.setCapacity(capacitiesOf(args), options),
    ),
    change(
      named('reset', 'restore the capacities that the code defines', RESET_HELP).argument(
        '[keys...]',
        'the limits (default: all)',
      ),
      (set, options, args) => set.resetCapacity(args.length > 0 ? args : undefined, options),
    ),
    change(temporary(named('pause', 'pause a set: start no more calls', PAUSE_HELP)), (set, options) =>
      set.pause(options),
    ),
    change(named('resume', 'resume a paused set', PAUSE_HELP), (set, options) => set.resume(options)),
    drainCommand(answering, named('drain', 'pause a set, and wait until nothing of it is in use', DRAIN_HELP)),
    forgetCommand(change, named('forget', 'free what a client that has ended still holds', FORGET_HELP)),
  ];
}

function forgetCommand(
  change: (command: Command, act: (set: SetAdmin, options: TimedChangeOptions) => Promise<ChangeResult>) => Command,
  command: Command,
): Command {
  command.requiredOption('--client <id>', 'the client, as `stats` shows it');
  return change(command, (set, options) => set.forget(command.opts<{ readonly client: string }>().client, options));
}

function drainCommand(answering: Answering, command: Command): Command {
  return command
    .option('--wait <duration>', 'the longest wait, such as 5m (default: no limit)', durationArgument)
    .option('--reason <text>', 'the reason, which is shown with the change')
    .option('--by <name>', 'who makes the change (default: the user and host)')
    .action(async (name: string, flags: ChangeFlags & { readonly wait?: string }) => {
      const { wait } = flags;
      await answering.answer(flags, async ({ admin }) => {
        const set = admin.set(name);
        const options = { ...optionsOf(flags), ...(wait !== undefined && { timeout: wait }) };
        try {
          const inspection = await set.drain(options);
          const text = `set ${name} is paused, and nothing is in use: run \`temporal-limits resume ${shellWord(name)}\` to continue\n`;
          return answerOf(inspection, () => text);
        } catch (error) {
          if (!(error instanceof DrainTimeoutError || error instanceof DrainEndedError)) throw error;
          return notDrained(error, set);
        }
      });
    });
}

/** Why a drain has not come to its end, and what there is to see of the set if its limiter answers. */
async function notDrained({ message }: Error, set: SetAdmin): Promise<Answer> {
  const inspection = await set.inspect().catch(() => undefined);
  const text = `${printable(message)}\n`;
  return answerOf(
    inspection ?? null,
    (shown, style) => (shown === null ? text : text + inspectionText(shown, style)),
    EXIT.someFailed,
  );
}

function optionsOf({ for: duration, reason, by, ifRevision }: ChangeFlags): TimedChangeOptions {
  return {
    ...(duration !== undefined && { for: duration }),
    ...(reason !== undefined && { reason }),
    ...(by !== undefined && { by }),
    ...(ifRevision !== undefined && { ifRevision }),
  };
}

/** The arguments after the set, and the options: commander gives a list for a last argument of many. */
function split<Flags>(rest: readonly unknown[]): [args: readonly string[], flags: Flags] {
  const [flags] = rest.slice(-2);
  return [rest.slice(0, -2).flat() as string[], flags as Flags];
}

const CAPACITY = /^(.+)=(\d+(?:\.\d+)?)$/;

function capacitiesOf(texts: readonly string[]): Readonly<Record<string, number>> {
  const capacities = new Map<string, number>();
  for (const text of texts) {
    const [, key, number] = CAPACITY.exec(text) ?? [];
    if (key === undefined) {
      throw new UsageError(`expected key=number, such as input_tokens=50000, got ${JSON.stringify(text)}`);
    }
    if (capacities.has(key)) throw new UsageError(`expected one capacity of ${key}, got two`);
    capacities.set(key, Number(number));
  }
  return Object.fromEntries(capacities);
}
