import { EXIT, exitCodeOf, reasonOf } from '../errors/exit-code';
import { printableLines } from '../text/printable';

/** Does what a command does, or says on stderr why not, and passes the exit code on. */
export async function ending(exit: (code: number) => void, act: () => Promise<void>): Promise<void> {
  try {
    await act();
    exit(EXIT.ok);
  } catch (error) {
    exit(toldCode(error));
  }
}

/** Says on stderr what ended a command, and returns the exit code for it. */
export function toldCode(error: unknown, isOpen = false): number {
  process.stderr.write(`${printableLines(reasonOf(error))}\n`);
  return exitCodeOf(error, isOpen);
}
