import { type Command } from 'commander';
import { reasonOf } from '../errors/exit-code';
import { overviewText } from '../look/overview-text';
import { type SetOverview, takeOverview } from '../temporal/overview';
import { printable, printableJson } from '../text/printable';
import { hasCursor, Style } from '../text/style';
import { type Answering, answerOf, type CommonOptions } from './answering';
import { showLive } from './live-screen';
import { type Session } from './session';

const EVERY_MS = 2_000;
/** An answer that takes longer comes too late to be shown. Unit: milliseconds. */
const ANSWER_MS = 5_000;
/** Where the width of the screen is unknown. */
const COLUMNS = 80;

const TOP_HELP = `
Prints a line for each set, refreshed every 2 s; sets with most waiting requests come first. \`taken\` is how much of its
fullest limit is used or granted. \`q\` or Ctrl-C quits. Without a terminal, on a dumb one,
or with -o json, it prints once and ends.

Examples:
  temporal-limits top
  temporal-limits top -o json | jq '.[] | {set, waiting}'

Exit codes: 0 ok, 2 bad input, or no answer.`;

/** The command that watches all sets of a namespace. */
export function topCommand(answering: Answering, everyMs = EVERY_MS): Command {
  return answering
    .command('top', 'watch all sets: usage and waiting requests', TOP_HELP)
    .action((flags: CommonOptions) =>
      answering.answer(flags, async (session) => {
        const { stdout } = answering.surroundings;
        const isLive = hasCursor(stdout) && flags.output === 'text';
        const sets = isLive ? await watch(session, answering, everyMs) : await takeOverview(session.admin);
        const screen = { title: titleOf(session), columns: stdout.columns ?? COLUMNS };
        if (sets === undefined) return answerOf(null, () => '');
        return answerOf(sets, (shown, style) => `${overviewText(shown, screen, style)}\n`);
      }),
    );
}

/** Shows the sets until the user quits. Resolves with what was shown last, if anything was. */
async function watch(
  session: Session,
  answering: Answering,
  everyMs: number,
): Promise<readonly SetOverview[] | undefined> {
  const { stdout, stdin } = answering.surroundings;
  const style = Style.of(stdout);
  const ask = () => session.client.withDeadline(Date.now() + ANSWER_MS, () => takeOverview(session.admin));
  let sets: readonly SetOverview[] | undefined;
  const draw = async (): Promise<string> => {
    const trouble = await ask().then(
      (found) => void (sets = found),
      (error: unknown) => `Temporal does not answer: ${printable(reasonOf(error))}`,
    );
    const { columns = COLUMNS, rows = Infinity } = stdout;
    const time = new Date().toISOString().slice(11, 19);
    const title = `${titleOf(session)}, ${time} UTC`;
    const screen = { title, columns, rows: rows - 2 };
    const text = sets === undefined ? title : overviewText(printableJson(sets), screen, style);
    return `${text}\n${trouble === undefined ? style.faint('q ends') : style.bad(trouble)}`;
  };
  const first = `${titleOf(session)}: asking the limiters …\n${style.faint('q ends')}`;
  await showLive(draw, { first, screen: stdout, keyboard: stdin, everyMs });
  return sets;
}

function titleOf({ address, namespace }: Session): string {
  return `${address}/${namespace}`;
}
