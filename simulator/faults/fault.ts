import type { Simulation } from '../simulation';

/** Kinds of what goes wrong. */
export type FaultName =
  | 'loss'
  | 'repetition'
  | 'slowness'
  | 'partition'
  | 'pause'
  | 'crash'
  | 'limiter down'
  | 'server down'
  | 'continue-as-new'
  | 'redefinition'
  | 'closed runs'
  | 'absent runs';

/** One kind of what goes wrong. */
export interface Fault {
  readonly name: FaultName;
  /** What it stands for. */
  readonly means: string;
  /** Has it happen now and then while there is work; everything heals by itself, or at the end of the work. */
  strike(simulation: Simulation, random: () => number): void;
}
