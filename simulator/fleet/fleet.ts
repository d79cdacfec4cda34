import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import { Providers } from '../provider/providers';
import { Refusals } from '../provider/refusals';
import type { Scenario } from '../scenario/scenario';
import type { Network, NetworkOptions } from '../world/network';
import { streamOf } from '../world/random';
import { EPOCH, VirtualClock } from '../world/virtual-clock';
import type { FleetWatch } from './fleet-watch';
import type { SimulatedLimiter } from './simulated-limiter';
import { SimulatedProcess } from './simulated-process';
import { SimulatedRun } from './simulated-run';
import { SimulatedServer } from './simulated-server';
import type { Surroundings } from './surroundings';
import type { Charged } from './told-overage';

interface FleetOptions extends NetworkOptions {
  readonly seed: number;
  readonly definition: SetDefinition;
  readonly clients: number;
  /** Whether every wake of the limiter continues from a snapshot. @default false */
  readonly reloads?: boolean;
  /** How long a transaction of the limiter's workflow takes on the server. Unit: milliseconds. @default 0 */
  readonly transactionMs?: number;
  /** How long a turn of a process takes at most. Unit: milliseconds. @default 0 */
  readonly turnMs?: number;
  /** How long the limiter continues with nothing to remember before it completes. Unit: milliseconds. @default for ever */
  readonly endsAfterMs?: number;
  /** How providers count what turns out not to be needed. @default 'given back' */
  readonly unneeded?: Scenario['unneeded'];
  /** The world that it shares with other fleets, as the sets of a pool do. @default one of its own */
  readonly world?: VirtualClock;
  /** Called with what happens. */
  readonly watches?: readonly FleetWatch[];
}

/**
 * A whole fleet in virtual time: one limiter, real lease clients in processes with clocks of their own, a network that
 * delays, loses, repeats and reorders, and strict providers that count what arrives. The same seed plays the same.
 */
export class Fleet implements Surroundings {
  readonly seed: number;
  readonly world: VirtualClock;
  readonly random: () => number;
  readonly server: SimulatedServer;
  readonly network: Network;
  readonly limiter: SimulatedLimiter;
  readonly providers: Providers;
  readonly refusals: Refusals;
  readonly unneeded: Scenario['unneeded'];
  readonly turnMs: number;
  readonly watches: readonly FleetWatch[];
  readonly processes: SimulatedProcess[] = [];
  readonly runs: SimulatedRun[] = [];
  started = 0;
  /** Processes and runs there have ever been. */
  #born = 0;
  /** What the providers count by. */
  #counted: SetDefinition;

  constructor(readonly options: FleetOptions) {
    const { seed, definition, world = new VirtualClock(), watches = [], unneeded = 'given back' } = options;
    this.seed = seed;
    this.world = world;
    this.watches = watches;
    this.unneeded = unneeded;
    this.turnMs = options.turnMs ?? 0;
    this.refusals = new Refusals(world);
    this.random = streamOf(seed, 'fleet');
    const woke = (): void => this.#limiterWoke();
    const charged: Charged = (key, amount, held) => {
      this.providers.charge(key, amount, held);
      for (const watch of watches) watch.charged?.(key, amount);
    };
    const { reloads = false, transactionMs = 0, endsAfterMs = Infinity } = options;
    this.server = new SimulatedServer(world, {
      ...options,
      reloads,
      transactionMs,
      endsAfterMs,
      watches,
      charged,
      woke,
    });
    this.network = this.server.network;
    this.limiter = this.server.limiter;
    this.providers = new Providers({ world, random: this.random, guardMs: definition.timing.guardMs, watches });
    this.#counted = definition;
    this.providers.define(definition);
    for (let i = 0; i < options.clients; i += 1) this.join(definition);
  }

  get now(): number {
    return EPOCH + this.world.now();
  }

  /** One more process. */
  join(definition: SetDefinition): SimulatedProcess {
    const process = new SimulatedProcess(this, this.#born++, definition);
    this.processes.push(process);
    return process;
  }

  /** One more workflow run. */
  startRun(definition = this.options.definition): SimulatedRun {
    const run = new SimulatedRun(this, this.#born++, definition);
    this.runs.push(run);
    return run;
  }

  runFor(ms: number): Promise<void> {
    return this.world.runUntil(this.world.now() + ms);
  }

  /** How far the worst window of any provider was above its capacity, in units; not above 0 if all is well. */
  worstExcess(): number {
    return this.providers.worstExcess();
  }

  #limiterWoke(): void {
    const { allocator } = this.limiter;
    if (allocator === undefined) return;
    if (this.#counted !== allocator.definition) this.#redefined(allocator.definition);
    // read once for all who look: a copy costs more than all else that is done here
    let state: AllocatorSnapshot | undefined;
    for (const watch of this.watches) watch.woke?.(() => (state ??= allocator.snapshot()));
  }

  #redefined(definition: SetDefinition): void {
    const isNews = definition.version !== this.#counted.version;
    this.#counted = definition;
    if (!isNews) return;
    this.providers.define(definition);
    for (const watch of this.watches) watch.redefined?.(definition);
  }
}
