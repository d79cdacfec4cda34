import type { LimitDefinition } from '../definition/definition';

/** Who changed something, why, when, and for how long. */
interface Change {
  /** Who did it, as they say. */
  readonly by: string;
  /** Why, in their words; empty if they gave no reason. */
  readonly reason: string;
  /** When. Unit: milliseconds since the Unix epoch, on the limiter's clock. */
  readonly at: number;
  /** When it ends by itself; left out if it does not. Unit: milliseconds since the Unix epoch. */
  readonly until?: number;
}

/** A capacity that an operator has set in place of the one that the code defines. */
export interface CapacityChange extends Change {
  /** Units per window, or permits. */
  readonly capacity: number;
}

/** An operator has stopped the set: nothing starts until it ends. What is at the provider goes on. */
export type OperatorPause = Change;

/** One change, as the log keeps it. */
export interface LoggedChange extends Change {
  /** The revision that it led to. */
  readonly revision: number;
  readonly action: 'set' | 'reset' | 'pause' | 'resume' | 'forget';
  /** Which limits, each with its new capacity; of `set` and `reset`. */
  readonly capacity?: Readonly<Record<string, number>>;
  /** Which client; of `forget`. */
  readonly client?: string;
}

/**
 * What operators have changed of a set, beside its definition and never mixed up with it: a deploy undoes none of it. Plain
 * JSON.
 */
export interface Control {
  /** Grows by one with every change. */
  readonly revision: number;
  readonly pause?: OperatorPause;
  /** Capacities that operators have set, by the key of the limit; also of limits that the definition does not have now. */
  readonly capacity: Readonly<Record<string, CapacityChange>>;
  /** The latest changes, oldest first. */
  readonly log: readonly LoggedChange[];
}

/** Of a set that nobody has changed. */
export const UNCHANGED: Control = { revision: 0, capacity: {}, log: [] };
