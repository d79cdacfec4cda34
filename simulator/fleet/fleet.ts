import type { RunAddress } from '../../src/limiter/protocol/address';
import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import type { Scenario } from '../scenario';
import type { FleetWatch } from './fleet-watch';
import { copy, Network, type NetworkOptions } from './network';
import { PermitCount } from './permit-count';
import { Provider } from './provider';
import { streamOf } from './random';
import { EPOCH, SimulatedLimiter } from './simulated-limiter';
import { SimulatedProcess } from './simulated-process';
import { SimulatedRun } from './simulated-run';
import { VirtualClock } from './virtual-clock';

export interface FleetOptions extends NetworkOptions {
  readonly seed: number;
  readonly definition: SetDefinition;
  readonly clients: number;
  /** Whether every wake of the limiter continues from a snapshot. @default false */
  readonly reloads?: boolean;
  /** How providers count what turns out not to be needed. @default 'given back' */
  readonly unneeded?: Scenario['unneeded'];
  /** The world that it shares with other fleets, as the sets of a pool do. @default one of its own */
  readonly world?: VirtualClock;
  /** Told what happens. */
  readonly watches?: readonly FleetWatch[];
}

/**
 * A whole fleet in virtual time: one limiter, real lease clients in processes with clocks of their own, a network that
 * delays, loses, repeats and reorders, and strict providers that count what arrives. The same seed plays the same.
 */
export class Fleet {
  readonly world: VirtualClock;
  readonly random: () => number;
  readonly network: Network;
  readonly limiter: SimulatedLimiter;
  readonly processes: SimulatedProcess[] = [];
  readonly runs: SimulatedRun[] = [];
  readonly providers = new Map<string, Provider>();
  readonly permits = new Map<string, PermitCount>();
  readonly watches: readonly FleetWatch[];
  /** Which process speaks as which client. */
  readonly speakers = new Map<string, SimulatedProcess>();
  /** Acquisitions that have started. */
  started = 0;
  /** Processes and runs there have ever been. */
  born = 0;

  constructor(readonly options: FleetOptions) {
    const { seed, definition, world = new VirtualClock(), watches = [] } = options;
    this.world = world;
    this.watches = watches;
    this.random = streamOf(seed, 'fleet');
    this.network = new Network(world, streamOf(seed, 'network'), options);
    this.limiter = new SimulatedLimiter(world, {
      random: streamOf(seed, 'limiter'),
      reloads: options.reloads ?? false,
      deliver: (push) => this.#deliver(push),
      signal: (run, push) => this.#signalRun(run, push),
      probe: (runs) => this.#probe(runs),
      woke: () => this.#limiterWoke(),
    });
    this.#count(definition);
    for (let i = 0; i < options.clients; i += 1) this.join(definition);
  }

  /** The provider's and the limiter's clock. */
  get now(): number {
    return EPOCH + this.world.now();
  }

  /** One more process. */
  join(definition: SetDefinition): SimulatedProcess {
    const process = new SimulatedProcess(this, this.born++, definition);
    this.processes.push(process);
    return process;
  }

  /** One more workflow run. */
  startRun(definition = this.options.definition): SimulatedRun {
    const run = new SimulatedRun(this, this.born++, definition);
    this.runs.push(run);
    return run;
  }

  runFor(ms: number): Promise<void> {
    return this.world.runUntil(this.world.now() + ms);
  }

  /** A request of so many units reaches its provider a little later; says when. */
  arrive(key: string, amount: number): number {
    const delayMs = this.random() * this.options.definition.timing.guardMs;
    this.world.after(delayMs, () => this.#arrived(key, amount));
    return this.now + delayMs;
  }

  /** Units that were not needed come back to a provider that gives such back, once it has seen them. */
  giveBack(key: string, amount: number, arrivedAt: number): void {
    // a moment of today has no digits for less than that
    this.world.after(Math.max(0, arrivedAt - this.now) + 0.001, () => this.#arrived(key, -amount));
  }

  usePermits(key: string, amount: number): void {
    const count = this.permits.get(key);
    if (count === undefined || amount === 0) return;
    const excess = count.use(amount, this.world.now());
    for (const watch of this.watches) watch.permitsUsed?.(key, amount, excess);
  }

  /** How far the worst window of any provider was above its capacity, in units; not above 0 if all is well. */
  worstExcess(): number {
    return Math.max(-Infinity, ...[...this.providers.values()].map(({ worst }) => worst));
  }

  /** A message of a process on its way to the limiter. Rejects if it got lost; it may have arrived all the same. */
  async send(sync: Sync): Promise<void> {
    const message = copy(sync);
    const { network, limiter } = this;
    const arrivesAnyway = network.random() < 0.3;
    network.perhapsAgain(() => limiter.hear(copy(message)));
    const arrives = await network.carry();
    const isOpen = !network.isDown && !limiter.isClosing;
    if (isOpen && (arrives || arrivesAnyway)) this.#told(message);
    if (!arrives || !isOpen) throw new Error('lost');
  }

  /** A signal of a workflow run on its way to the limiter: the server sees to it that it arrives. */
  async signal(sync: Sync): Promise<void> {
    const message = copy(sync);
    do await this.world.sleep(this.network.delayMs());
    while (this.network.isDown);
    this.#told(message);
  }

  /** A message that gets nowhere. */
  async lose(): Promise<void> {
    await this.world.sleep(this.network.delayMs());
    throw new Error('lost');
  }

  async #deliver(push: Push): Promise<Sync | undefined> {
    const message = copy(push);
    if (!(await this.network.carry())) return undefined;
    const process = this.speakers.get(push.client);
    this.network.perhapsAgain(() => void process?.hear(message.client, copy(message)));
    for (const watch of this.watches) watch.heard?.(message);
    const reply = copy(await process?.hear(message.client, message));
    return (await this.network.carry()) ? reply : undefined;
  }

  async #signalRun({ runId }: RunAddress, push: Push): Promise<boolean> {
    const message = copy(push);
    do await this.world.sleep(this.network.delayMs());
    while (this.network.isDown);
    const run = this.runs.find(({ address }) => address.runId === runId);
    if (run?.isOpen !== true) return false;
    for (const watch of this.watches) watch.heard?.(message);
    run.hear(message);
    return true;
  }

  async #probe(runs: readonly RunAddress[]): Promise<readonly string[]> {
    if (!(await this.network.carry())) throw new Error('lost');
    const open = new Set(this.runs.filter(({ isOpen }) => isOpen).map(({ address }) => address.runId));
    return runs.map(({ runId }) => runId).filter((runId) => !open.has(runId));
  }

  #told(sync: Sync): void {
    for (const watch of this.watches) watch.told?.(sync);
    this.limiter.signal(sync);
  }

  #arrived(key: string, amount: number): void {
    const excess = this.providers.get(key)?.arrive(this.now, amount);
    if (excess !== undefined) for (const watch of this.watches) watch.arrived?.(key, amount, excess);
  }

  #limiterWoke(): void {
    const { allocator } = this.limiter;
    if (allocator === undefined) return;
    if (this.#counted !== allocator.definition) this.#redefined(allocator.definition);
    // read once for all who look: a copy costs more than all else that is done here
    let state: AllocatorSnapshot | undefined;
    for (const watch of this.watches) watch.woke?.(() => (state ??= allocator.snapshot()));
  }

  #counted: SetDefinition | undefined;

  #redefined(definition: SetDefinition): void {
    const isNews = definition.version !== this.#counted?.version;
    this.#counted = definition;
    if (!isNews) return;
    this.#count(definition);
    for (const watch of this.watches) watch.redefined?.(definition);
  }

  /** Providers and permits are counted by what the limiter goes by. */
  #count(definition: SetDefinition): void {
    this.#counted = definition;
    for (const limit of definition.limits) {
      const { key, capacity } = limit;
      const provider = this.providers.get(key);
      if (provider === undefined) this.providers.set(key, new Provider(limit));
      else provider.redefine(limit, this.now);
      if (limit.kind !== 'resource') continue;
      const count = this.permits.get(key);
      if (count === undefined) this.permits.set(key, new PermitCount(capacity));
      else count.redefine(capacity, definition.timing.leaseMs, this.world.now());
    }
  }
}
