import type { LimitDefinition } from '../definition/definition';

/** Who made a change, why, when, and for how long. */
export interface Change {
  /** The name that they gave. */
  readonly by: string;
  /** The reason that they gave; empty without one. */
  readonly reason: string;
  /** When. Unit: milliseconds since the Unix epoch, on the limiter's clock. */
  readonly at: number;
  /** When it ends by itself; absent if it does not. Unit: milliseconds since the Unix epoch. */
  readonly until?: number;
}

/** A capacity that an operator has set instead of the one that the code defines. */
export interface CapacityChange extends Change {
  /** Units per window, or permits. */
  readonly capacity: number;
}

/** A pause by an operator: nothing starts until it ends. Calls in flight continue. */
export type OperatorPause = Change;

/** One change, as the log keeps it. */
export interface LoggedChange extends Change {
  /** The revision after it. */
  readonly revision: number;
  /** What was done. */
  readonly action: 'set' | 'reset' | 'pause' | 'resume' | 'forget';
  /** For `set` and `reset`: the limits, each with its new capacity. */
  readonly capacity?: Readonly<Record<string, number>>;
  /** For `forget`: the client. */
  readonly client?: string;
}

/**
 * What operators have changed in a set. It is separate from the definition, so a deployment does not undo it. Plain
 * JSON.
 */
export interface Control {
  /** Grows by one with every change. */
  readonly revision: number;
  /** Absent while no operator has paused the set. */
  readonly pause?: OperatorPause;
  /** Capacities that operators have set, by key, including those of limits that the definition no longer has. */
  readonly capacity: Readonly<Record<string, CapacityChange>>;
  /** The latest changes, oldest first. */
  readonly log: readonly LoggedChange[];
}

/** Of a set that no operator has changed. */
export const UNCHANGED: Control = { revision: 0, capacity: {}, log: [] };

/** What is in force of it at a moment: what has ended by itself is left out. Itself, if nothing has. */
export function inForceAt(control: Control, now: number): Control {
  const { pause, capacity, ...rest } = control;
  const isOver = ({ until = Infinity }: Change): boolean => until <= now;
  const kept = Object.entries(capacity).filter(([, change]) => !isOver(change));
  const isPauseOver = pause !== undefined && isOver(pause);
  if (!isPauseOver && kept.length === Object.keys(capacity).length) return control;
  return { ...rest, ...(pause !== undefined && !isPauseOver && { pause }), capacity: Object.fromEntries(kept) };
}

/** When the first of the changes in force ends by itself; `Infinity` if none does. */
export function nextEnd(control: Control): number {
  return inForceOf(control).reduce((first, { until = Infinity }) => Math.min(first, until), Infinity);
}

/** When the last of the changes in force has ended by itself: `Infinity` if one does not, `-Infinity` if none is in force. */
export function lastEnd(control: Control): number {
  return inForceOf(control).reduce((last, { until = Infinity }) => Math.max(last, until), -Infinity);
}

function inForceOf({ pause, capacity }: Control): readonly Change[] {
  return [...Object.values(capacity), ...(pause === undefined ? [] : [pause])];
}

/** The limits with the capacities that operators have set; themselves where none has. */
export function controlledLimits(
  limits: readonly LimitDefinition[],
  { capacity }: Control,
): readonly LimitDefinition[] {
  if (!limits.some(({ key }) => Object.hasOwn(capacity, key))) return limits;
  return limits.map((limit) => {
    const change = Object.hasOwn(capacity, limit.key) ? capacity[limit.key] : undefined;
    if (change === undefined) return limit;
    // it may have been set while the limit counted units
    const whole = limit.kind === 'resource' ? Math.max(1, Math.floor(change.capacity)) : change.capacity;
    return { ...limit, capacity: whole };
  });
}

/** The limits of which no adaptive one has more than an operator has allowed, whatever was found out by trying. */
export function cappedLimits(limits: readonly LimitDefinition[], { capacity }: Control): readonly LimitDefinition[] {
  const most = ({ key, adaptive }: LimitDefinition): number =>
    adaptive !== undefined && Object.hasOwn(capacity, key) ? (capacity[key]?.capacity ?? Infinity) : Infinity;
  if (limits.every((limit) => limit.capacity <= most(limit))) return limits;
  return limits.map((limit) => ({ ...limit, capacity: Math.min(limit.capacity, most(limit)) }));
}
