import { type LeaseClient, REDEFINED } from '../../src/acquire/lease-client';
import { processClient } from '../../src/client/process-client';
import type { SetDefinition } from '../../src/limiter/definition';
import type { Amounts } from '../../src/limiter/request';
import type { Push, Sync } from '../../src/limiter/wire';
import type { Fleet } from './fleet';
import { ProcessClock } from './virtual-clock';

/** What a worker does over and over. */
export interface Job {
  readonly requested: Amounts;
  readonly holdMs: number;
  /** How much of each rate limit was needed; all of it unless told. */
  readonly used?: Amounts;
  readonly priority?: number;
  readonly timeoutMs?: number;
  /** Pause before it. Unit: milliseconds. */
  readonly pauseMs?: number;
}

type End = 'served' | 'lost' | 'refused';

/** One acquisition as its process sees it. */
export interface Passage {
  readonly priority: number;
  readonly askedAt: number;
  /** Number of the request, in the order in which they were made in its process. */
  readonly order: number;
  passedAt: number;
  fencingToken: number;
  end: End | undefined;
}

/** A process of the fleet: a real client behind a simulated network, on a clock that is set wrongly. */
export class FleetProcess {
  readonly clock: ProcessClock;
  readonly client: LeaseClient;
  /** Acquisitions in the order in which they were let through or given up. */
  readonly passages: Passage[] = [];
  /** Whether its network is down: it runs on, and nothing gets in or out. */
  isCutOff = false;
  /** Requests that wait. */
  waiting = 0;
  readonly #ids = new Map<string, (push: Push) => Sync | undefined>();
  readonly #inUse = new Map<string, number>();
  #orders = 0;
  #stopped = false;

  constructor(
    readonly fleet: Fleet,
    readonly index: number,
    definition: SetDefinition,
  ) {
    const { random, world } = fleet;
    this.clock = new ProcessClock(world, 1e6 * random(), (random() - 0.5) * 1e-4);
    this.client = processClient({
      name: 'fleet',
      definition,
      clock: this.clock,
      random,
      newId: () => `p${String(index)}-${String(this.#ids.size)}`,
      onLease: (id, hear) => this.#ids.set(id, hear),
      link: {
        queue: `queue-${String(index)}`,
        send: (sync) =>
          new Promise((resolve, reject) => {
            const back = (action: () => void) => () => this.clock.run(action);
            (this.isCutOff ? fleet.lose() : fleet.send(sync)).then(
              back(resolve),
              back(() => reject(new Error('lost'))),
            );
          }),
        ask: () => Promise.resolve(undefined),
      },
    });
  }

  owns(client: string): boolean {
    return this.#ids.has(client);
  }

  /** Hears a push once it runs; a dead process never answers. */
  hear(client: string, push: Push): Promise<Sync | undefined> {
    if (this.isCutOff) return Promise.resolve(undefined);
    return new Promise((resolve) => this.clock.run(() => resolve(this.#ids.get(client)?.(push))));
  }

  /** Workers that do one job after the other until {@link stop}. */
  work(workers: number, nextJob: () => Job): void {
    for (let i = 0; i < workers; i += 1) void this.#worker(nextJob);
  }

  isWorking(): boolean {
    return !this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Ends at once, as by SIGKILL: connections close, nobody is told. */
  kill(): void {
    this.clock.kill();
    for (const [key, amount] of this.#inUse) this.fleet.usePermits(key, -amount);
    this.#inUse.clear();
  }

  async #worker(nextJob: () => Job): Promise<void> {
    while (this.isWorking()) {
      const job = nextJob();
      await this.#sleep(job.pauseMs ?? 0);
      if (this.isWorking()) await this.acquire(job);
    }
  }

  /** One acquisition, from the request to the release. */
  async acquire({ requested, holdMs, used = {}, priority = 0, timeoutMs }: Job): Promise<Passage> {
    this.#orders += 1;
    const { clock, fleet } = this;
    const passage: Passage = {
      priority,
      order: this.#orders,
      askedAt: clock.now(),
      passedAt: NaN,
      fencingToken: 0,
      end: undefined,
    };
    this.waiting += 1;
    const amounts = await this.#pass(requested, priority, timeoutMs);
    this.waiting -= 1;
    this.passages.push(passage);
    passage.passedAt = clock.now();
    if (amounts === undefined) {
      passage.end = 'refused';
      return passage;
    }
    const { lease, lost } = this.client;
    const { limits } = lease.definition;
    passage.fencingToken = lease.nextFencingToken();
    fleet.started += 1;
    const arrivedAt = limits.map(({ key, kind }, i) => {
      if (kind !== 'resource') return fleet.arrive(key, amounts[i]!);
      this.#use(key, amounts[i]!);
      return NaN;
    });
    const giveBack = (): void => {
      limits.forEach(({ key, kind }, i) => kind === 'resource' && this.#use(key, -amounts[i]!));
    };
    // a holder that is told to stop closes its connection
    lost.addEventListener('abort', giveBack);
    await this.#sleep(holdMs);
    limits.forEach((limit, i) => {
      const taken = amounts[i]!;
      const needed = Math.min(taken, used[limit.key] ?? taken);
      if (limit.kind === 'resource' || needed === taken) return;
      if (limit.algorithm === 'TokenBucket' || limit.algorithm === 'GCRA') {
        fleet.giveBack(limit.key, taken - needed, arrivedAt[i]!);
      }
      lease.settle(i, taken, needed, clock.now());
    });
    passage.end = lost.aborted ? 'lost' : 'served';
    lost.removeEventListener('abort', giveBack);
    if (passage.end === 'served') giveBack();
    this.client.released(lease, amounts, clock.now() - passage.passedAt);
    return passage;
  }

  async #pass(requested: Amounts, priority: number, timeoutMs: number | undefined): Promise<number[] | undefined> {
    for (;;) {
      const { limits } = this.client.lease.definition;
      const amounts = limits.map(({ key, kind }) => requested[key] ?? (kind === 'rate' ? 0 : 1));
      if (amounts.some((amount, i) => amount > limits[i]!.capacity)) return undefined;
      const covers = amounts.map((amount) => amount > 0);
      try {
        await this.client.gate.pass({ amounts, covers }, { priority, timeoutMs, signal: undefined });
        return amounts;
      } catch (error) {
        if (error !== REDEFINED) return undefined;
      }
    }
  }

  #use(key: string, amount: number): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + amount);
    if (this.clock.isRunning) this.fleet.usePermits(key, amount);
  }

  #sleep(ms: number): Promise<void> {
    return ms <= 0 ? Promise.resolve() : new Promise((resolve) => this.clock.after(ms, resolve));
  }
}
