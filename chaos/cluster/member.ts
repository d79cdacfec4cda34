import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';

/** One that does not end by itself is killed. Unit: milliseconds. */
const STOP_MS = 15_000;

/** A process of the cluster, which can be killed, frozen and started again. It ends with this one. */
export class Member<Order extends object = object> {
  #process: ChildProcess | undefined;
  /** Messages that it has sent and nobody has received yet. */
  readonly #inbox: unknown[] = [];
  readonly #news = new EventEmitter();
  /** How it ended when nobody had made it. */
  #accident: string | undefined;

  constructor(
    readonly name: string,
    readonly program: string,
    /** What it is to do, from its next start on. */
    public order: Order,
    readonly environment: NodeJS.ProcessEnv = {},
  ) {}

  /** What has gone wrong with it, if something has. */
  get accident(): string | undefined {
    return this.#accident;
  }

  /** Resolves with its first message, which it sends when it is at work. */
  async start<Ready>(): Promise<Ready> {
    const child = fork(this.program, [JSON.stringify(this.order)], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, TEMPORAL_NAMESPACE: 'default', ...this.environment },
    });
    this.#process = child;
    this.#inbox.length = 0;
    // a frozen one would not notice that this process is gone
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.on('message', (message) => {
      this.#inbox.push(message);
      this.#news.emit('news');
    });
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      if (this.#process !== child) return;
      this.#accident = `${this.name} ended by itself (${String(code ?? signal)})`;
      this.#news.emit('news');
    });
    return this.receive<Ready>();
  }

  /** Its next message. */
  async receive<Message>(): Promise<Message> {
    while (this.#inbox.length === 0) {
      if (this.#accident !== undefined) throw new Error(this.#accident);
      await once(this.#news, 'news');
    }
    return this.#inbox.shift() as Message;
  }

  send(message: object): void {
    this.#running().send(message);
  }

  /** It stands still; nobody is notified. */
  freeze(): void {
    this.#running().kill('SIGSTOP');
  }

  thaw(): void {
    this.#running().kill('SIGCONT');
  }

  /** Ends it at once, with `kill -9`. */
  async kill(): Promise<void> {
    await this.#end((child) => child.kill('SIGKILL'));
  }

  /** Lets it finish what it is at. */
  async stop(): Promise<void> {
    await this.#end((child) => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.once('exit', () => clearTimeout(late));
      child.disconnect();
    });
  }

  async #end(how: (child: ChildProcess) => void): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    how(child);
    await ended;
  }

  #running(): ChildProcess {
    if (this.#process === undefined) throw new Error(`${this.name} does not run`);
    return this.#process;
  }
}
