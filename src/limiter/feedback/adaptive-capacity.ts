import type { LimitDefinition } from '../definition/definition';
import { guardedWindow } from './widened-guard';

/** The capacity of an adaptive limit, and what is known of it; plain JSON. */
export interface AdaptiveCapacity {
  /** Units per window, or permits. */
  readonly capacity: number;
  /** The capacity that it began with; where that is another one by now, it begins anew. @default that of the definition */
  readonly from?: number;
  /** The most that is believed to be served; 0 before the first throttle. */
  readonly ceiling: number;
  /** The last capacity that was used for a window without a throttle; 0 if there was none since the last. */
  readonly proven: number;
  /** By how much the next step beyond the ceiling raises it. */
  readonly step: number;
  /** Since when it is what it is without a throttle, and when one lowered it last. */
  readonly since: number;
  readonly loweredAt: number;
  /** The most that was taken of it since it is what it is. */
  readonly taken: number;
}

/** A throttle leaves so much of it, as in CUBIC (RFC 9438). */
const DECREASE = 0.7;
/** The factor by which each used window raises it before the first throttle. */
const FIRST_GROWTH = 1.5;
/** Below the ceiling, a step makes up for this part of the way; what is nearer than the second part is one step. */
const [APPROACH, NEAR] = [0.75, 0.05] as const;
/** The first step beyond the ceiling, as a part of the capacity. Each that follows is twice as large. */
const FIRST_STEP = 0.04;
/** It is used if so much of it is taken, and may be what was throttled if so much is. */
const [USED_SHARE, SUSPECT_SHARE] = [0.9, 0.5] as const;
/** A window of permits, which have none, where the set has no other; and the shortest, since pauses follow each other for as long. */
const [PERMITS_WINDOW_MS, SHORTEST_WINDOW_MS] = [10_000, 5_000] as const;

/** The capacity with which a limit begins. */
export function firstCapacity(limit: LimitDefinition, now: number): AdaptiveCapacity {
  return {
    capacity: within(limit, limit.capacity),
    from: limit.capacity,
    ceiling: 0,
    proven: 0,
    step: 0,
    since: now,
    loweredAt: -Number.MAX_SAFE_INTEGER,
    taken: 0,
  };
}

/** Whether what was found still says something: the limit begins with the capacity that this began with. */
export function begunWith({ from }: AdaptiveCapacity, { capacity }: LimitDefinition): boolean {
  return from === undefined || from === capacity;
}

/** By what time a limit is judged: its window. Unit: milliseconds. */
export function adaptiveWindow(limit: LimitDefinition, limits: readonly LimitDefinition[]): number {
  const shortest = guardedWindow(limits);
  const permitsMs = shortest === Infinity ? PERMITS_WINDOW_MS : shortest;
  return Math.max(SHORTEST_WINDOW_MS, limit.kind === 'resource' ? permitsMs : limit.windowMs);
}

/** Notes how much is taken of it by now. */
export function noted(state: AdaptiveCapacity, taken: number): AdaptiveCapacity {
  return taken <= state.taken ? state : { ...state, taken: Math.min(taken, Number.MAX_SAFE_INTEGER) };
}

/** After a throttle: seven tenths of what was used, once in a window. One that was not used is not what was throttled. */
export function lowered(
  state: AdaptiveCapacity,
  limit: LimitDefinition,
  windowMs: number,
  now: number,
): AdaptiveCapacity {
  const { capacity, proven, taken, loweredAt } = state;
  if (now - loweredAt < windowMs) return { ...state, since: now };
  if (taken < SUSPECT_SHARE * capacity) return state;
  const used = Math.min(capacity, taken);
  // what was served a moment ago is served no longer: the search begins half-way to what is left
  const ceiling = proven > 0 && proven < used ? proven : (used * (1 + DECREASE)) / 2;
  const next = within(limit, used * DECREASE);
  return { ...state, capacity: next, ceiling, proven: 0, step: 0, since: now, loweredAt: now, taken: 0 };
}

/** After a window without a throttle: a step up, if it was used. */
export function raised(
  state: AdaptiveCapacity,
  limit: LimitDefinition,
  windowMs: number,
  now: number,
): AdaptiveCapacity {
  const { capacity, ceiling, step, taken } = state;
  if (now - state.since < windowMs) return state;
  if (taken < USED_SHARE * capacity) return { ...state, since: now, taken: 0 };
  const room = ceiling - capacity;
  const isBeyond = ceiling > 0 && room <= 0;
  const nextStep = isBeyond ? Math.max(FIRST_STEP * capacity, 2 * step) : 0;
  const wanted = ceiling === 0 ? FIRST_GROWTH * capacity : isBeyond ? capacity + nextStep : approached(capacity, room);
  // permits are whole: a step is one at least
  const next = within(limit, limit.kind === 'resource' ? Math.max(capacity + 1, wanted) : wanted);
  // a step that its range has cut short is no larger than what it led to
  return { ...state, capacity: next, proven: capacity, step: Math.min(nextStep, next), since: now, taken: 0 };
}

function approached(capacity: number, room: number): number {
  return room <= NEAR * capacity ? capacity + room : capacity + APPROACH * room;
}

/** No capacity leaves its range, whatever follows from what was heard. */
export function within(limit: LimitDefinition, capacity: number): number {
  const { min, max } = limit.adaptive ?? { min: limit.capacity, max: limit.capacity };
  const whole = limit.kind === 'resource' ? Math.floor(capacity) : capacity;
  return Math.min(max, Math.max(min, whole));
}
