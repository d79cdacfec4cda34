import { type TemporalTarget } from '../temporal/temporal-target';
import { Bundle } from './bundle';
import { type Work, addWork } from './work-counters';
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { extname, join } from 'node:path';
import { Backoff } from '../../client/link/backoff';
import { type LostWorker } from '../state/lost-worker';
import { EXIT } from '../errors/exit-code';
import { TargetError } from '../errors/errors';
import { type ApiKeys } from '../config/api-keys';
import { type BatchConfig } from '../config/config';
import { type ItemResult } from '../../workflows/batch/item-result';

/** What a worker process receives at its start. The keys are not in it: it reads the config and its environment itself. */
export interface StartWorker {
  readonly type: 'start';
  /** The id of the batch. */
  readonly batch: string;
  /** As it was when the batch was started: its file may be edited meanwhile. */
  readonly config: BatchConfig;
  readonly apiKeys: ReturnType<ApiKeys['reveal']>;
  /** The module with the data converter. */
  readonly dataConverter?: string | undefined;
  readonly target: TemporalTarget;
  /** As what it polls. */
  readonly identity: string;
  /** The most items under way at each set, by its name. */
  readonly bounds: Readonly<Record<string, number>>;
}

/** Has items given back, as far as they still wait for their set's limits. */
interface RecallItems {
  readonly type: 'recall';
  readonly ids: readonly string[];
}

/** Ends a worker process; what it has under way is given up. */
interface StopWorker {
  readonly type: 'stop';
}

/** Results are in the output, or cannot be written. */
interface ResultsWritten {
  readonly type: 'written';
  readonly results: readonly Written[];
}

/** The result of an item is in the output, or why it cannot be written. */
interface Written {
  readonly id: string;
  readonly error?: string;
}

export type ToWorker = StartWorker | RecallItems | ResultsWritten | StopWorker;

/** A worker process serves the sets now and hears from the limiters on this task queue, has results, or has done something. */
export type FromWorker =
  | { readonly type: 'ready'; readonly pushQueue: string }
  | { readonly type: 'results'; readonly results: readonly ItemResult[] }
  | { readonly type: 'work'; readonly work: Work };

/** A place whose processes keep ending before they serve anything is not going to be filled. */
const MOST_FAILED_STARTS = 4;

/** Waits before a failed start is tried again: a system that has no room for a process may have it soon. Unit: milliseconds. */
const [FIRST_WAIT_MS, MOST_WAIT_MS] = [500, 4_000] as const;

/** What ends late is killed. Unit: milliseconds. */
const STOP_MS = 10_000;

/** Beside this file, compiled or not as this file is. */
const PROGRAM = join(__dirname, `worker-process${extname(__filename)}`);

/** Who hears of the processes of a fleet. */
interface FleetWatch {
  /** As what its processes poll, before what tells them apart. */
  readonly identityPrefix: string;
  /** A process has been started, and later serves. */
  readonly noted: (pid: number, worker: LostWorker) => void;
  /** A process has ended; `wasLost` if it was not told to. */
  readonly ended: (worker: LostWorker, wasLost: boolean) => void;
  /** A process has the result of an item, which is to be in the output. */
  readonly write: (result: ItemResult) => Promise<void>;
}

/** What a fleet serves, and who hears of its processes. */
export interface FleetOrders {
  readonly start: Omit<StartWorker, 'type' | 'identity'>;
  readonly watch: FleetWatch;
}

/**
 * One place of a fleet: a worker process and, if it dies, the next. It ends with this process, however that ends. It loads
 * what it needs from the beginning, and serves once it is told what.
 */
export class WorkerSlot {
  readonly #backoff = new Backoff(FIRST_WAIT_MS, MOST_WAIT_MS);
  /** Of each of its processes; what a dead one has done still counts. */
  readonly #work: Work[] = [];
  #child: ChildProcess | undefined;
  #orders: FleetOrders | undefined;
  /** Tells the process that runs now what to serve. */
  #instruct: (orders: FleetOrders) => void = () => undefined;
  #failedStarts = 0;
  #retry: NodeJS.Timeout | undefined;
  #isStopping = false;
  #serves: () => void = () => undefined;
  #works: () => void = () => undefined;
  #giveUp: (error: WorkerStartError | TargetError) => void = () => undefined;

  /** Resolves when a process serves here for the first time. */
  readonly ready = new Promise<void>((resolve) => {
    this.#serves = resolve;
  });

  /** Resolves when a process here has something to do for the first time. */
  readonly busy = new Promise<void>((resolve) => {
    this.#works = resolve;
  });

  /** Rejects when no process gets to serve here, or none can serve what it is told to. Never resolves. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#giveUp = reject;
  });

  constructor() {
    this.failed.catch(() => undefined);
    this.#launch();
  }

  /** Has its process serve, and those that follow it. */
  serve(orders: FleetOrders): void {
    this.#orders = orders;
    if (this.#child !== undefined) this.#instruct(orders);
  }

  /** What its processes have done and do. */
  get work(): Work {
    return addWork(this.#work);
  }

  tell(message: ToWorker): void {
    if (this.#child !== undefined) send(this.#child, message);
  }

  /** Ends its process, by force if it is slow. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#retry);
    // one that serves nothing has nothing to end in order
    if (this.#orders === undefined) this.#child?.kill('SIGKILL');
    if (this.#child !== undefined) await end(this.#child);
  }

  #launch(): void {
    let child: ChildProcess;
    try {
      child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    } catch (error) {
      // some of what the system has too little of is thrown, and the rest is an event
      this.#failToStart(error as Error);
      return;
    }
    // one that never was has no exit: its place would stay empty, and the batch would wait for it forever
    if (child.pid === undefined) child.once('error', (error) => this.#failToStart(error));
    else this.#attend(child, child.pid);
  }

  #attend(child: ChildProcess, pid: number): void {
    const index = this.#work.push({}) - 1;
    let worker: LostWorker | undefined;
    let serves = false;
    const written = new Bundle<Written>((results) => send(child, { type: 'written', results }));
    this.#child = child;
    this.#instruct = ({ start, watch }) => {
      worker = { identity: `${watch.identityPrefix}:${randomUUID()}`, pushQueue: '' };
      watch.noted(pid, worker);
      send(child, { type: 'start', ...start, identity: worker.identity });
    };
    child.on('message', (message: FromWorker) => {
      if (message.type === 'work') {
        this.#work[index] = message.work;
        this.#works();
      } else if (message.type === 'results') for (const result of message.results) this.#write(result, written);
      else if (worker !== undefined) {
        worker = { ...worker, pushQueue: message.pushQueue };
        this.#orders?.watch.noted(pid, worker);
        serves = true;
        this.#failedStarts = 0;
        this.#backoff.reset();
        this.#serves();
      }
    });
    child.on('error', () => undefined); // its exit reports the outcome
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      // what it was doing, it does no more
      for (const set of Object.values(this.#work[index] ?? {})) Object.assign(set, { waiting: 0, active: 0 });
      if (worker !== undefined) this.#orders?.watch.ended(worker, !this.#isStopping);
      // what is wrong with its orders is wrong with those of every other process
      if (code === EXIT.badInput)
        this.#giveUp(new TargetError('no worker process can serve this batch; its message above says why'));
      else if (!serves) this.#failToStart({ code, signal });
      else if (!this.#isStopping) this.#launch();
    });
    if (this.#orders !== undefined) this.#instruct(this.#orders);
  }

  #write(result: ItemResult, written: Bundle<Written>): void {
    const { id } = result;
    this.#orders?.watch.write(result).then(
      () => written.say({ id }),
      (error: unknown) => written.say({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  }

  #failToStart(failure: StartFailure): void {
    if (this.#isStopping) return;
    this.#failedStarts += 1;
    if (this.#failedStarts < MOST_FAILED_STARTS) {
      this.#retry = setTimeout(() => this.#launch(), this.#backoff.next());
    } else this.#giveUp(new WorkerStartError(this.#failedStarts, failure));
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

/** How a process came to nothing: the system did not start it, or it ended before it served anything. */
export type StartFailure = Error | { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const FEWER = 'or ask for fewer worker processes with --workers';

/** What helps where the system has no room for one more process. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EAGAIN: `the system allows no more processes: raise the limit (ulimit -u, or the container's), ${FEWER}`,
  ENOMEM: `the system has no memory left: free some, ${FEWER}`,
  EMFILE: `this process may open no more files: raise the limit (ulimit -n), ${FEWER}`,
  ENFILE: `the system can open no more files: raise its limit (fs.file-max), ${FEWER}`,
};

/** Worker processes could not be started, several times in a row: the batch cannot continue. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';

  constructor(
    /** So often in a row it was tried. */
    readonly attempts: number,
    /** Of the last of them. */
    readonly failure: StartFailure,
  ) {
    super(`a worker process could not be started, ${attempts} times in a row: ${reasonOf(failure)}`);
  }
}

function reasonOf(failure: StartFailure): string {
  if (failure instanceof Error) {
    const { code = '' }: NodeJS.ErrnoException = failure;
    return [failure.message, SHORTAGES[code] ?? []].flat().join('; ');
  }
  if (failure.signal === null) return `it exited with code ${failure.code}; its message above says why`;
  return `it was ended by ${failure.signal}, as when a system is short of memory: free some, ${FEWER}`;
}
