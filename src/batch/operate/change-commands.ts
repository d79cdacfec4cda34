import { type Command, InvalidArgumentError } from 'commander';
import { type ChangeResult, type SetAdmin, type TimedChangeOptions } from '../../client/admin/set-admin';
import { DrainTimeoutError } from '../../limiter/errors/limiter-errors';
import { UsageError } from '../errors/errors';
import { EXIT } from '../errors/exit-code';
import { resultText } from '../look/control-text';
import { inspectionText } from '../look/inspection-text';
import { type Answer, type Answering, type CommonOptions } from './answering';

interface ChangeFlags extends CommonOptions {
  readonly for?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly ifRevision?: number;
}

const CODES = 'Exit codes: 0 done, 2 bad input, or nobody answers.';

const SET_HELP = `
A deploy does not undo the change, and the change is no conflict with the code. It ends with --for, or with \`reset\`.
Lowering takes effect at once: what is at the provider goes on, and counts.

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
What is at the provider goes on. Whoever waits goes on waiting, up to its timeout, and keeps its place. The pause ends
with --for, or with \`resume\`. It outlives deploys and every process.

Examples:
  temporal-limits pause openai-eu --for 1h --reason "incident 4711"
  temporal-limits resume openai-eu

${CODES}`;

const DRAIN_HELP = `
Nothing starts any more, and the command ends once no permit is in use. The set stays paused until \`resume\`, also if the
wait was in vain.

Example:
  temporal-limits drain openai-eu --wait 5m && ./rotate-the-key && temporal-limits resume openai-eu

Exit codes: 0 nothing is in use, 1 something still is after --wait, 2 bad input, or nobody answers.`;

const FORGET_HELP = `
Only for a client that has certainly ended: what it held is given to others at once, instead of when its lease ends. A
client that still runs hears that it has lost its lease, a moment later. \`stats\` lists the clients.

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
      .option('--reason <text>', 'why, for whoever looks at it later')
      .option('--by <name>', 'who does it (else the user and the host)')
      .option('--if-revision <number>', 'only if nobody has changed the set since this revision', wholeNumber)
      .action(async (name: string, ...rest: unknown[]) => {
        const [args, flags] = split<ChangeFlags>(rest);
        await answering.answer(flags, async ({ admin }): Promise<Answer> => {
          const result = await act(admin.set(name), optionsOf(flags), args);
          return { json: result, text: (style) => resultText(result, style) };
        });
      });
  const named = (name: string, description: string, help: string): Command =>
    answering.command(name, description, help).argument('<set>', 'the limit set');
  const temporary = (command: Command): Command =>
    command.option('--for <duration>', 'after how long it ends by itself, such as 30s or 2h');
  return [
    change(
      temporary(named('set', 'have limits count by other capacities than the code says', SET_HELP)).argument(
        '<key=number...>',
        'a limit and its capacity',
      ),
      (set, options, args) => set.setCapacity(capacitiesOf(args), options),
    ),
    change(
      named('reset', 'have limits count by what the code says again', RESET_HELP).argument(
        '[keys...]',
        'which (else all)',
      ),
      (set, options, args) => set.resetCapacity(args.length > 0 ? args : undefined, options),
    ),
    change(temporary(named('pause', 'start nothing more of a set', PAUSE_HELP)), (set, options) => set.pause(options)),
    change(named('resume', 'go on with a set that was paused', PAUSE_HELP), (set, options) => set.resume(options)),
    drainCommand(answering, named('drain', 'pause a set, and wait until none of its permits is in use', DRAIN_HELP)),
    forgetCommand(change, named('forget', 'give what a client had to others, as it has ended', FORGET_HELP)),
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
    .option('--wait <duration>', 'how long to wait at most, such as 5m (else as long as it takes)')
    .option('--reason <text>', 'why, for whoever looks at it later')
    .option('--by <name>', 'who does it (else the user and the host)')
    .action(async (name: string, flags: ChangeFlags & { readonly wait?: string }) => {
      const { wait } = flags;
      await answering.answer(flags, async ({ admin }): Promise<Answer> => {
        const set = admin.set(name);
        const options = { ...optionsOf(flags), ...(wait !== undefined && { timeout: wait }) };
        try {
          const inspection = await set.drain(options);
          const text = `set ${name} is paused, and nothing is in use: \`temporal-limits resume ${name}\` goes on\n`;
          return { json: inspection, text: () => text };
        } catch (error) {
          if (!(error instanceof DrainTimeoutError)) throw error;
          const inspection = await set.inspect();
          const text = `${error.message}\n`;
          return { json: inspection, text: (style) => text + inspectionText(inspection, style), code: EXIT.someFailed };
        }
      });
    });
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
  return Object.fromEntries(
    texts.map((text): [string, number] => {
      const [, key, number] = CAPACITY.exec(text) ?? [];
      if (key !== undefined) return [key, Number(number)];
      throw new UsageError(`expected key=number, such as input_tokens=50000, got ${JSON.stringify(text)}`);
    }),
  );
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0.');
}
