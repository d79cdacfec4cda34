import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { pythonWith } from '../support/python-packages';
import { type Contestant } from '../support/rounds';
import { type Case } from './cases';

/** Pinned, as it is named to pip. */
export const CONCURRY = 'concurry==0.13.2';
/** Its windows keep an entry for each unit, and walk them for each acquisition: more would take hours to fill. */
const MOST_ENTRIES = 1_000;

/** The reference system: a Python process that times its own loop, round by round with the others. */
export class Concurry {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  private constructor(python: string) {
    this.#process = spawn(python, [join(__dirname, 'concurry-rounds.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Says why not, and returns nothing, where there is no Python or no package. */
  static open(): Concurry | undefined {
    const python = pythonWith(CONCURRY);
    return python === undefined ? undefined : new Concurry(python);
  }

  contestant({ shape, algorithm, entries }: Case): Contestant[] {
    if (entries > MOST_ENTRIES) return [];
    const run = async (count: number): Promise<number> => {
      this.#process.stdin.write(`${JSON.stringify({ shape, algorithm, entries, count })}\n`);
      const { value } = (await this.#answers.next()) as { value: string | undefined };
      if (value === undefined) throw new Error('the Python process has ended');
      return Number(value);
    };
    return [{ name: 'concurry', run }];
  }

  close(): void {
    this.#process.stdin.end();
  }
}
