import type { RunAddress } from '../../src/limiter/address';
import type { SetDefinition } from '../../src/limiter/definition';
import type { Push, Sync } from '../../src/limiter/wire';
import { FleetProcess } from './fleet-process';
import { FleetRun } from './fleet-run';
import { seeded } from './random';
import { EPOCH, SimulatedLimiter } from './simulated-limiter';
import { StrictCount } from './strict-count';
import { VirtualClock } from './virtual-clock';

export interface FleetOptions {
  readonly seed: number;
  readonly definition: SetDefinition;
  readonly clients: number;
  /** Share of messages of either way that get lost. @default 0 */
  readonly lossRate?: number;
  /** Share of messages of either way that arrive twice. @default 0 */
  readonly duplicateRate?: number;
  /** Slowest message. Unit: milliseconds. @default 120 */
  readonly slowestMs?: number;
  /** Whether every wake of the limiter continues from a snapshot. @default false */
  readonly reloads?: boolean;
}

const FASTEST_MS = 2;

/** Permits of one limit in use by processes that run. */
export interface PermitCount {
  inUse: number;
  /** The most there ever were. */
  most: number;
  /** Permits times milliseconds, up to `at`. */
  time: number;
  at: number;
}

/**
 * A whole fleet in virtual time: one limiter, real lease clients in processes with clocks of their own, a network that
 * delays, loses, repeats and reorders, and strict providers that count what arrives. The same seed plays the same.
 */
export class Fleet {
  readonly world = new VirtualClock();
  readonly random: () => number;
  readonly limiter: SimulatedLimiter;
  readonly processes: FleetProcess[] = [];
  readonly runs: FleetRun[] = [];
  readonly providers = new Map<string, StrictCount>();
  readonly permits = new Map<string, PermitCount>();
  /** Acquisitions that have started. */
  started = 0;

  constructor(readonly options: FleetOptions) {
    this.random = seeded(options.seed);
    this.limiter = new SimulatedLimiter(this.world, {
      random: this.random,
      reloads: options.reloads ?? false,
      deliver: (push) => this.#deliver(push),
      signal: (run, push) => this.#signalRun(run, push),
      probe: (runs) => this.#probe(runs),
    });
    for (const limit of options.definition.limits) this.providers.set(limit.key, new StrictCount(limit));
    for (let i = 0; i < options.clients; i += 1) this.join(options.definition);
  }

  /** The provider's and the limiter's clock. */
  get now(): number {
    return EPOCH + this.world.now();
  }

  /** One more process. */
  join(definition: SetDefinition): FleetProcess {
    const process = new FleetProcess(this, this.processes.length, definition);
    this.processes.push(process);
    return process;
  }

  /** One more workflow run. */
  startRun(): FleetRun {
    const run = new FleetRun(this, this.runs.length, this.options.definition);
    this.runs.push(run);
    return run;
  }

  runFor(ms: number): Promise<void> {
    return this.world.runUntil(this.world.now() + ms);
  }

  /** A request of so many units reaches its provider a little later; says when. */
  arrive(key: string, amount: number): number {
    const at = this.now + this.random() * this.options.definition.timing.guardMs;
    this.providers.get(key)?.arrive(at, amount);
    return at;
  }

  /** Units that were not needed come back to a provider that gives such back, once it has seen them. */
  giveBack(key: string, amount: number, arrivedAt: number): void {
    this.providers.get(key)?.arrive(Math.max(this.now, arrivedAt), -amount);
  }

  usePermits(key: string, amount: number): void {
    this.permitTime(key);
    const count = this.permits.get(key)!;
    count.inUse += amount;
    count.most = Math.max(count.most, count.inUse);
  }

  /** Permits in use, summed over the time until now. */
  permitTime(key: string): number {
    const now = this.world.now();
    const count = this.permits.get(key) ?? { inUse: 0, most: 0, time: 0, at: now };
    this.permits.set(key, count);
    count.time += count.inUse * (now - count.at);
    count.at = now;
    return count.time;
  }

  /** How far the worst window of any provider was above its capacity, in units; not above 0 if all is well. */
  worstExcess(): number {
    return Math.max(-Infinity, ...[...this.providers.values()].map((provider) => provider.worstExcess()));
  }

  /** A message of a process on its way to the limiter. Rejects if it got lost; it may have arrived all the same. */
  async send(sync: Sync): Promise<void> {
    const message = copy(sync);
    const { lossRate = 0, duplicateRate = 0 } = this.options;
    const isLost = this.random() < lossRate;
    const arrivesAnyway = this.random() < 0.3;
    if (this.random() < duplicateRate) this.world.after(this.#delayMs() * 3, () => this.limiter.hear(copy(message)));
    await this.world.sleep(this.#delayMs());
    if (!isLost || arrivesAnyway) this.limiter.signal(message);
    if (isLost) throw new Error('lost');
  }

  /** A signal of a workflow run on its way to the limiter: the server sees to it that it arrives. */
  async signal(sync: Sync): Promise<void> {
    const message = copy(sync);
    await this.world.sleep(this.#delayMs());
    this.limiter.signal(message);
  }

  /** A message that gets nowhere. */
  async lose(): Promise<void> {
    await this.world.sleep(this.#delayMs());
    throw new Error('lost');
  }

  async #deliver(push: Push): Promise<Sync | undefined> {
    const message = copy(push);
    const { lossRate = 0, duplicateRate = 0 } = this.options;
    await this.world.sleep(this.#delayMs());
    if (this.random() < lossRate) return undefined;
    const process = this.processes.find((candidate) => candidate.owns(push.client));
    if (this.random() < duplicateRate) {
      this.world.after(this.#delayMs() * 3, () => void process?.hear(message.client, copy(message)));
    }
    const reply = copy(await process?.hear(message.client, message));
    await this.world.sleep(this.#delayMs());
    return this.random() < lossRate ? undefined : reply;
  }

  async #signalRun({ runId }: RunAddress, push: Push): Promise<boolean> {
    const message = copy(push);
    await this.world.sleep(this.#delayMs());
    const run = this.runs.find(({ address }) => address.runId === runId);
    if (run?.isOpen !== true) return false;
    run.hear(message);
    return true;
  }

  async #probe(runs: readonly RunAddress[]): Promise<readonly string[]> {
    await this.world.sleep(this.#delayMs());
    if (this.random() < (this.options.lossRate ?? 0)) throw new Error('lost');
    const closed = new Set(this.runs.filter(({ isOpen }) => !isOpen).map(({ address }) => address.runId));
    return runs.map(({ runId }) => runId).filter((runId) => closed.has(runId));
  }

  #delayMs(): number {
    return FASTEST_MS + this.random() * ((this.options.slowestMs ?? 120) - FASTEST_MS);
  }
}

/** What the network makes of a value. */
function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
