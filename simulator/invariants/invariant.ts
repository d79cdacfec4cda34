import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { FleetWatch } from '../fleet/fleet-watch';
import type { Scenario } from '../scenario/scenario';
import type { VirtualClock } from '../world/virtual-clock';

/** Sums of fractions may be off by so much. */
export const EPSILON = 1e-6;

/** Where an invariant is watched. */
export interface Scene {
  readonly scenario: Scenario;
  readonly definition: SetDefinition;
  readonly world: VirtualClock;
  /** The invariant does not hold. */
  readonly fail: (detail: string) => void;
}

/** Something that holds at every moment, whatever goes wrong. */
export interface Invariant {
  readonly name: string;
  /** What holds. */
  readonly promise: string;
  /** Begins to look after each event that could break it. */
  watch(scene: Scene): FleetWatch;
}
