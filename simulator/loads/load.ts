import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Fleet } from '../fleet/fleet';

/** A limiter at one of its bounds. */
export interface Load {
  readonly name: string;
  readonly definition: SetDefinition;
  /** Processes that share the limit set. */
  readonly processes: number;
  /** How long it lasts. Unit: seconds of the simulated world. */
  readonly seconds: number;
  /** Sets the work going. */
  begin(fleet: Fleet): void;
}
