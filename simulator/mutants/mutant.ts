import type { Scenario } from '../scenario/scenario';
import type { Violation } from '../simulation/simulate';

/** A deliberate mistake in the code under test. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string;
  /** In `src`. */
  readonly file: string;
  /** Occurs exactly once there; if it no longer does, the mutant has to be written anew. */
  readonly from: string;
  readonly to: string;
  /** What a scenario must have for the mistake to matter; otherwise, whatever the seed says. */
  readonly where?: Partial<Omit<Scenario, 'seed'>>;
}

/** What has become of a mutant. */
export interface Hunted {
  readonly mutant: Mutant;
  /** The seed that caught it, and what did not hold then; nothing if it got away. */
  readonly caught: { readonly seed: number; readonly violation: Violation } | undefined;
}
