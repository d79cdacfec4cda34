import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { extname, join } from 'node:path';
import { type FromWorker, type StartWorker, type ToWorker } from './fleet-messages';
import { type LostWorker } from './lost-worker';
import { addWork, type Work } from './work-counters';

/** A fleet whose processes keep ending before they serve anything is not going to. */
const MOST_FAILED_STARTS = 3;

/** What ends late is killed. Unit: milliseconds. */
const STOP_MS = 10_000;

/** Beside this file, compiled or not as this file is. */
const PROGRAM = join(__dirname, `worker-process${extname(__filename)}`);

/** Who hears of the processes of a fleet. */
export interface FleetWatch {
  /** As what its processes poll, before what tells them apart. */
  readonly identityPrefix: string;
  /** A process has been started, and later serves. */
  readonly noted: (pid: number, worker: LostWorker) => void;
  /** A process has ended; `wasLost` if nobody had told it to. */
  readonly ended: (worker: LostWorker, wasLost: boolean) => void;
}

/** The worker processes of a batch. One that dies is replaced. They end with this process, however it ends. */
export class WorkerFleet {
  readonly #start: Omit<StartWorker, 'type' | 'identity'>;
  readonly #processes = new Set<ChildProcess>();
  /** By process; what a dead one has done still counts. */
  readonly #work = new Map<number, Work>();
  #failedStarts = 0;
  #starting: number;
  #allReady: () => void = () => undefined;
  #isStopping = false;
  #giveUp: (error: Error) => void = () => undefined;

  /** Rejects when no process gets to serve. Never resolves. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#giveUp = reject;
  });

  /**
   * Resolves when as many processes serve as there are to be. Those that still start would slow down those that work, and
   * make their requests late.
   */
  readonly ready = new Promise<void>((resolve) => {
    this.#allReady = resolve;
  });

  constructor(
    size: number,
    start: Omit<StartWorker, 'type' | 'identity'>,
    private readonly watch: FleetWatch,
  ) {
    this.#start = start;
    this.#starting = size;
    this.failed.catch(() => undefined);
    for (let i = 0; i < size; i += 1) this.#launch();
  }

  /** What all processes have done and do. */
  get work(): Work {
    return addWork([...this.#work.values()]);
  }

  /** Has items given back that still wait, whichever process has them. */
  recall(ids: readonly string[]): void {
    for (const child of this.#processes) send(child, { type: 'recall', ids });
  }

  /** Ends every process, the slow ones by force. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#processes].map(end));
  }

  #launch(): void {
    const child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const pid = child.pid ?? 0;
    const identity = `${this.watch.identityPrefix}:${randomUUID()}`;
    let pushQueue: string | undefined;
    if (pid > 0) this.watch.noted(pid, { identity, pushQueue: '' });
    this.#processes.add(child);
    child.on('message', (message: FromWorker) => {
      if (message.type === 'work') this.#work.set(pid, message.work);
      else {
        ({ pushQueue } = message);
        this.watch.noted(pid, { identity, pushQueue });
        this.#starting -= 1;
        if (this.#starting === 0) this.#allReady();
      }
    });
    const ended = (): void => {
      if (!this.#processes.delete(child)) return;
      this.#settle(pid);
      this.#failedStarts = pushQueue === undefined ? this.#failedStarts + 1 : 0;
      this.watch.ended({ identity, pushQueue: pushQueue ?? '' }, !this.#isStopping);
      if (this.#isStopping) return;
      if (this.#failedStarts < MOST_FAILED_STARTS) this.#launch();
      else this.#giveUp(new Error(`${MOST_FAILED_STARTS} worker processes in a row could not be started`));
    };
    child.once('exit', ended);
    child.on('error', () => {
      // one that never was has no exit: its place would stay empty, and the batch would wait for it for ever
      if (child.pid === undefined) ended();
    });
    send(child, { type: 'start', ...this.#start, identity });
  }

  /** What a process that has ended was doing, it does no more. */
  #settle(pid: number): void {
    const work = this.#work.get(pid);
    for (const set of Object.values(work ?? {})) Object.assign(set, { waiting: 0, active: 0 });
  }
}

/** To a process that has ended, nothing can be said; its exit is heard. */
function send(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => undefined);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  send(child, { type: 'stop' });
  await ended;
  clearTimeout(timer);
}
