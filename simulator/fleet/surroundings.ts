import type { Providers } from '../provider/providers';
import type { Refusals } from '../provider/refusals';
import type { Scenario } from '../scenario/scenario';
import type { VirtualClock } from '../world/virtual-clock';
import type { FleetWatch } from './fleet-watch';
import type { SimulatedServer } from './simulated-server';

/** What a member of a fleet has around it. */
export interface Surroundings {
  readonly seed: number;
  readonly world: VirtualClock;
  /** The clock of server, limiter and providers. */
  readonly now: number;
  readonly random: () => number;
  readonly server: SimulatedServer;
  readonly providers: Providers;
  /** What they answer, where that is observed. */
  readonly refusals: Refusals;
  /** How providers count units that turn out not to be needed. */
  readonly unneeded: Scenario['unneeded'];
  /** How long a turn of a process takes at most. Unit: milliseconds. */
  readonly turnMs: number;
  readonly watches: readonly FleetWatch[];
  /** Acquisitions that have started. */
  started: number;
}
