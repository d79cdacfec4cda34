import { type Command } from 'commander';
import { UsageError } from '../errors/errors';
import { type Answer, type Answering, answerOf, type CommonOptions } from './answering';
import { type Session } from './session';

interface ClearFlags extends CommonOptions {
  readonly batch?: string;
  readonly yes: boolean;
}

const CLEAR_HELP = `
A cleared limiter forgets what was used. The next client starts another with empty windows, so up to twice the limit may
pass in the current window. Clear one only when nobody uses the set. A cleared batch keeps its output and <output>.batch:
run the command that started it to continue it.`;

/** The command that ends what is left in a namespace. */
export function clearCommand(answering: Answering): Command {
  return answering
    .command('clear', 'terminate the limiter of a set, or the workflows of an abandoned batch', CLEAR_HELP)
    .argument('[set]', 'the limit set whose limiter is terminated')
    .option('--batch <id>', 'the abandoned batch whose workflows are terminated, instead of a set')
    .option('--yes', 'terminate it; without this option, nothing is terminated', false)
    .action((set: string | undefined, flags: ClearFlags) =>
      answering.answer(flags, (session) => clear(session, set, flags)),
    );
}

async function clear({ client }: Session, set: string | undefined, { batch, yes }: ClearFlags): Promise<Answer> {
  if ((set === undefined) === (batch === undefined)) {
    throw new UsageError('name what to clear: either a set, or a batch with --batch <id>');
  }
  const what = set === undefined ? `batch ${batch ?? ''}` : `the limiter of set ${JSON.stringify(set)}`;
  if (!yes) throw new UsageError(`this terminates ${what}: pass --yes to do it`);
  const { clearBatch, clearLimiter } = await import('../temporal/inventory.js');
  await (set === undefined ? clearBatch(client, batch ?? '') : clearLimiter(client, set));
  return answerOf({ cleared: set === undefined ? { batch } : { set } }, () => `${what} is cleared\n`);
}
