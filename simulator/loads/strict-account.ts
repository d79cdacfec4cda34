import type { Holding } from '../../src/acquire/ports';
import { MemoryBackend } from '../../src/client/backends/memory-backend';
import type { LimitDefinition } from '../../src/limiter/definition/definition';
import type { BackendStats } from '../../src/client/backends/backend';
import { Fleet } from '../fleet/fleet';
import { defined } from '../scenario/definitions';
import { streamOf } from '../world/random';
import { VirtualClock } from '../world/virtual-clock';

/** An account whose provider refuses, at the arrival, what is over its limit, and does not say what the limit is. */
export interface StrictAccount {
  /** Where the limits are kept. */
  readonly mode: 'memory' | 'fleet' | 'fleet that continues as new at each wake';
  /** What is defined of it, in order; calls take one of each. */
  readonly limits: readonly LimitDefinition[];
  /** What the provider allows: calls in any window, or calls at once where there is no window. */
  readonly allowed: number;
  /** Unit: milliseconds. */
  readonly windowMs: number | undefined;
  /** The way of a request, and what the provider takes for it. Unit: milliseconds. */
  readonly wayMs: (random: () => number) => number;
  readonly callMs: number;
  readonly processes: number;
  readonly workersEach: number;
}

/** What became of the calls of a time. */
export interface Served {
  readonly calls: number;
  readonly refused: number;
  /** Calls under way at the provider, on average over the time. */
  readonly atOnce: number;
}

/** Keeps so many workers busy at the account, in virtual time. The same account plays the same. */
export class StrictLoad {
  /** What the provider allows from now on. */
  allowed: number;
  readonly #world = new VirtualClock();
  readonly #random = streamOf(1, 'strict account');
  readonly #stats: () => Promise<Pick<BackendStats, 'limits' | 'provider'>>;
  /** When those calls arrived that the provider counts. */
  #arrivals: number[] = [];
  #atOnce = 0;
  #calls = 0;
  #refused = 0;
  #time = 0;
  #timedAt = 0;

  constructor(readonly account: StrictAccount) {
    this.allowed = account.allowed;
    const { limits, mode, processes, workersEach } = account;
    if (mode === 'memory') {
      const definition = defined(limits);
      // as sets in memory mode have it by default
      const timing = { ...definition.timing, guardMs: 0 };
      const backend = new MemoryBackend('account', { ...definition, timing }, this.#world);
      this.#stats = () => backend.stats();
      this.#work(processes * workersEach, (request) => backend.take(request, ANYHOW));
      return;
    }
    const reloads = mode !== 'fleet';
    const definition = defined(limits);
    const fleet = new Fleet({ seed: 1, clients: processes, definition, world: this.#world, reloads });
    this.#stats = () => Promise.resolve(fleet.limiter.allocator!.stats(fleet.limiter.now));
    for (const { supply } of fleet.processes) this.#work(workersEach, (request) => supply.take(request, ANYHOW));
  }

  /** What happens in so much time. Unit: milliseconds. */
  async play(ms: number): Promise<Served> {
    const [calls, refused, time] = [this.#calls, this.#refused, this.#timeUntilNow()];
    await this.#world.runUntil(this.#world.now() + ms);
    const atOnce = (this.#timeUntilNow() - time) / ms;
    return { calls: this.#calls - calls, refused: this.#refused - refused, atOnce };
  }

  /** What is known of the account by now. */
  stats(): Promise<Pick<BackendStats, 'limits' | 'provider'>> {
    return this.#stats();
  }

  #work(workers: number, take: (request: Holding['request']) => Promise<Holding>): void {
    const amounts = this.account.limits.map(() => 1);
    for (let i = 0; i < workers; i += 1) void this.#worker(() => take({ amounts, covers: amounts.map(() => true) }));
  }

  async #worker(take: () => Promise<Holding>): Promise<void> {
    for (;;) {
      const holding = await take();
      await this.#world.sleep(this.account.wayMs(this.#random));
      const isServed = this.#arrive();
      if (isServed) await this.#world.sleep(this.account.callMs * (0.5 + this.#random()));
      this.#timeUntilNow();
      if (isServed) this.#atOnce -= 1;
      holding.observe({ status: isServed ? 200 : 429 });
      void holding.release();
    }
  }

  #arrive(): boolean {
    const now = this.#world.now();
    const { windowMs } = this.account;
    this.#calls += 1;
    if (windowMs !== undefined) this.#arrivals = this.#arrivals.filter((at) => at > now - windowMs);
    const counted = windowMs === undefined ? this.#atOnce : this.#arrivals.length;
    if (counted >= this.allowed) {
      this.#refused += 1;
      return false;
    }
    this.#timeUntilNow();
    this.#atOnce += 1;
    if (windowMs !== undefined) this.#arrivals.push(now);
    return true;
  }

  /** Calls at once, summed over the time. */
  #timeUntilNow(): number {
    const now = this.#world.now();
    this.#time += this.#atOnce * (now - this.#timedAt);
    this.#timedAt = now;
    return this.#time;
  }
}

const ANYHOW = { priority: 0, timeoutMs: undefined, signal: undefined };

/** A way that takes `typicalMs` as a rule, and now and then many times as long. */
export function lognormal(typicalMs: number, sigma: number): StrictAccount['wayMs'] {
  return (random) =>
    typicalMs * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}
