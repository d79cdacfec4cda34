import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Remote, RemoteOrder } from './remote-child';

type What = 'acquire' | 'tryAcquire' | 'release' | 'call' | 'nest';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

const running = new Set<RemoteProcess>();

/** Another process, which acquires from limits of its own when it is asked to. */
export class RemoteProcess {
  readonly #pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #asked = 0;

  private constructor(readonly child: ChildProcess) {
    child.on('message', (answer: Answer) => this.#answered(answer));
    child.once('exit', (code) => {
      running.delete(this);
      for (const { reject } of this.#pending.values()) reject(new Error(`the process ended with ${String(code)}`));
    });
  }

  /** Starts one, and waits until it is at work. */
  static async start(
    server: { readonly address: string; readonly namespace: string },
    order: RemoteOrder,
  ): Promise<RemoteProcess> {
    const child = fork(require.resolve('./remote-child'), [JSON.stringify(order)], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the process ended with ${String(code)}`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    const remote = new RemoteProcess(child);
    running.add(remote);
    return remote;
  }

  /** Has it do something; rejects as that does, or when the process ends. */
  do<Name extends What>(what: Name, ...args: Parameters<Remote[Name]>): ReturnType<Remote[Name]> {
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.child.send({ id, what, args });
    return answer as ReturnType<Remote[Name]>;
  }

  #answered({ id, result, error }: Answer): void {
    const asked = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error));
  }
}

/** Ends those that still run, without giving them a chance to tidy up. */
export async function killRemoteProcesses(): Promise<void> {
  await Promise.all(
    [...running].map(async ({ child }) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }),
  );
}
