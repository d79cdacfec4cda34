import { Command, Option } from 'commander';
import { nearest } from '../../limiter/checks/nearest';
import { NoLimiterError } from '../../limiter/errors/limiter-errors';
import { LimitsError } from '../../limiter/errors/limits-error';
import { EXIT, exitCodeOf, reasonOf } from '../errors/exit-code';
import { printable, printableJson, printableLines } from '../text/printable';
import { type Medium, Style } from '../text/style';
import { type Keyboard } from './live-screen';
import { type Session, type WithSession } from './session';
import { type TargetOptions, withTarget } from './target-options';

/** What a command comes to: a text for people, the same as plain JSON, and the exit code. */
export interface Answer {
  readonly text: (style: Style) => string;
  readonly json: unknown;
  readonly code: number;
}

/** An answer whose text is of the JSON, with nothing in it that a terminal obeys. */
export function answerOf<T>(json: T, text: (shown: T, style: Style) => string, code: number = EXIT.ok): Answer {
  return { json, text: (style) => text(printableJson(json), style), code };
}

/** What all of these commands can be told. */
export interface CommonOptions extends TargetOptions {
  readonly output: 'text' | 'json';
}

/** Where a command reads and writes. */
export interface Surroundings {
  readonly withSession: WithSession;
  readonly stdout: Medium & { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: Keyboard;
  /** Told what a command ends with. */
  readonly exit: (code: number) => void;
}

/** The commands for limits that run. */
export class Answering {
  constructor(readonly surroundings: Surroundings) {}

  /** A command with the options that all have. */
  command(name: string, description: string, help: string): Command {
    return withTarget(new Command(name).description(description))
      .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
      .addHelpText('after', help)
      .exitOverride();
  }

  /** Answers with a text or JSON, or says on stderr why not. */
  async answer(options: CommonOptions, act: (session: Session) => Promise<Answer>): Promise<void> {
    const { withSession, stdout, stderr, exit } = this.surroundings;
    try {
      const { text, json, code } = await withSession(options, (session) => suggesting(session, act));
      stdout.write(
        options.output === 'json' ? `${printableLines(JSON.stringify(json, undefined, 2))}\n` : text(Style.of(stdout)),
      );
      exit(code);
    } catch (error) {
      stderr.write(`${printable(reasonOf(error))}\n`);
      exit(error instanceof LimitsError ? EXIT.badInput : exitCodeOf(error));
    }
  }
}

/** A set without a limiter is a slip of the keyboard more often than not. */
async function suggesting<T>(session: Session, act: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await act(session);
  } catch (error) {
    if (!(error instanceof NoLimiterError)) throw error;
    throw new NoLimiterError(error.limitSet, await meantBy(session, error.limitSet));
  }
}

/** The set with a limiter that a name without one was most likely meant to be. */
export async function meantBy({ admin }: Pick<Session, 'admin'>, name: string): Promise<string | undefined> {
  return nearest(
    name,
    (await admin.list()).map(({ set }) => set),
  );
}
