import type { LeaseClient } from '../../src/acquire/client/lease-client';
import type { Holding } from '../../src/acquire/ports';
import { processClient } from '../../src/client/backends/process-client';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import type { Job } from '../scenario/job';
import { ProcessClock } from '../world/process-clock';
import { streamOf } from '../world/random';
import type { Acquisition } from './acquisition';
import { Member } from './member';
import type { Surroundings } from './surroundings';

/** No two clocks run alike: by so much at most, in milliseconds per millisecond. */
const DRIFT = 1e-4;
/** A holder that wakes up has so long to let go of what it has lost. Unit: milliseconds. */
const WAKING_MS = 1;

/** A process of the fleet: a real client behind a simulated network, on a clock that is set wrongly. */
export class SimulatedProcess extends Member {
  readonly clock: ProcessClock;
  readonly client: LeaseClient;
  /** The address at which it hears. */
  readonly queue: string;
  /** Whether its network is down: it runs on, and nothing gets in or out. */
  isCutOff = false;
  /** Clients that it has been, by lease. */
  readonly #ids = new Set<string>();
  #stopped = false;
  /** Randomness of its turns. */
  readonly #busy: () => number;
  /** How long it stands still once it has sent its next call, if it does. Unit: milliseconds. */
  #nextPauseMs: number | undefined;

  constructor(
    fleet: Surroundings,
    readonly index: number,
    readonly definition: SetDefinition,
  ) {
    super(fleet, `p${index}`);
    const random = streamOf(fleet.seed, this.owner);
    const turnMs = (): number => fleet.turnMs * this.#busy();
    this.#busy = streamOf(fleet.seed, `turns of ${this.owner}`);
    this.clock = new ProcessClock(fleet.world, 1e6 * random(), (random() - 0.5) * 2 * DRIFT, turnMs);
    this.queue = `queue-${index}`;
    this.client = processClient({
      name: 'fleet',
      definition,
      clock: this.clock,
      random,
      newId: () => `${this.owner}-${this.#ids.size}`,
      onLease: (id, hear) => {
        this.#ids.add(id);
        fleet.server.listen(id, (push) => this.#hear(hear, push));
      },
      link: { queue: this.queue, send: (sync) => this.#send(sync), ask: () => Promise.resolve(undefined) },
    });
  }

  /** Workers that do one job after the other until {@link stop}. */
  work(workers: number, nextJob: () => Job): void {
    for (let i = 0; i < workers; i += 1) void this.#worker(nextJob);
  }

  get isWorking(): boolean {
    return !this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Ends at once, as by SIGKILL: connections close, and the limiter learns nothing. */
  kill(): void {
    this.clock.kill();
    this.countPermits(false);
    this.stop();
    this.fleet.server.hangUp(this.#ids);
    for (const watch of this.fleet.watches) watch.ended?.(this.owner);
  }

  /** Stands still, as in a long collection of garbage. It uses nothing meanwhile; what it finds lost then, it must let go. */
  pause(forMs: number): void {
    this.clock.pause(forMs);
    this.countPermits(false);
    this.fleet.world.after(forMs + WAKING_MS, () => {
      if (this.clock.isRunning) this.countPermits(true);
    });
  }

  /** The same as soon as it has sent its next call, before it can tell of it. */
  pauseAfterCall(forMs: number): void {
    this.#nextPauseMs = forMs;
  }

  protected async hold(holding: Holding, { holdMs, used = {} }: Job, acquisition: Acquisition): Promise<void> {
    // as late as it may be
    for (let turns = this.#turnsUntilSent(); turns > 0; turns -= 1) await this.#endOfTurn();
    const lose = (): void => {
      acquisition.end = 'lost';
      for (const watch of this.fleet.watches) watch.lost?.(acquisition);
    };
    if (holding.signal.aborted) {
      lose();
      void holding.release();
      return;
    }
    const arrivedAt = this.start(holding, used);
    const answer = this.fleet.refusals.answer();
    this.usePermits(holding, 1);
    if (this.#nextPauseMs !== undefined) this.pause(this.#nextPauseMs);
    this.#nextPauseMs = undefined;
    const letGo = (): void => {
      this.usePermits(holding, -1);
      lose();
    };
    // a holder whose lease is lost closes its connection
    holding.signal.addEventListener('abort', letGo);
    await this.#sleep(holdMs);
    holding.signal.removeEventListener('abort', letGo);
    // a call that ends before it has arrived is given up
    if (answer !== undefined && this.fleet.providers.haveArrived(arrivedAt)) holding.observe(answer);
    this.settle(holding, used, arrivedAt);
    if (acquisition.end === undefined) {
      acquisition.end = 'served';
      this.usePermits(holding, -1);
    }
    void holding.release();
  }

  async #worker(nextJob: () => Job): Promise<void> {
    while (this.isWorking) {
      const job = nextJob();
      await this.#sleep(job.pauseMs ?? 0);
      // stopped meanwhile, perhaps
      if (!this.#stopped) await this.acquire(job);
    }
  }

  /** Hears a push once it runs; a dead process never answers. */
  #hear(hear: (push: Push) => Sync | undefined, push: Push): Promise<Sync | undefined> {
    if (this.isCutOff) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.clock.execute(() => {
        for (const watch of this.fleet.watches) watch.pushed?.(push);
        resolve(hear(push));
      });
    });
  }

  #send(sync: Sync): Promise<void> {
    const { server } = this.fleet;
    return new Promise((resolve, reject) => {
      const back = (action: () => void) => () => {
        this.clock.execute(action);
      };
      (this.isCutOff ? server.lose() : server.send(sync)).then(
        back(resolve),
        back(() => {
          reject(new Error('lost'));
        }),
      );
    });
  }

  /** It sends a call in the turn in which that was let through, or in the next, or at its end. */
  #turnsUntilSent(): number {
    return this.fleet.turnMs === 0 ? 0 : Math.floor(3 * this.#busy());
  }

  #endOfTurn(): Promise<void> {
    return new Promise((resolve) => this.clock.endOfTurn(resolve));
  }

  #sleep(ms: number): Promise<void> {
    return ms <= 0 ? Promise.resolve() : new Promise((resolve) => this.clock.after(ms, resolve));
  }
}
