import { readFile } from 'node:fs/promises';
import { type GuardedProcess, startGuarded } from '../../src/client/dev-server/guarded-process';
import { untilAnswers } from './until-answers';

interface PartOptions {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Rejects while it does not answer. */
  readonly ask: () => Promise<void>;
  /** Its first line is the process id. */
  readonly pidFile: string;
  /** Ends it as a crash does: without writing what is not written yet. */
  readonly crashSignal: NodeJS.Signals;
}

/** A process of a server, which can be taken away and started again with what it has stored. */
export class Part {
  #running: GuardedProcess | undefined;

  constructor(private readonly options: PartOptions) {}

  /** Resolves once it answers. @throws Error with its last words if it does not */
  async start(): Promise<void> {
    const { name, command, ask } = this.options;
    const [program, ...args] = command;
    this.#running = startGuarded(program, args);
    await untilAnswers(name, this.#running, ask);
  }

  async crash(): Promise<void> {
    const [pid] = (await readFile(this.options.pidFile, 'utf8')).split('\n');
    process.kill(Number(pid), this.options.crashSignal);
    await this.#running?.ended;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
  }
}
