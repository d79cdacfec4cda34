import type { LimitDefinition } from '../definition/definition';

/** A guard that is wider than the definition's, and since when; plain JSON. */
export interface WidenedGuard {
  readonly guardMs: number;
  readonly since: number;
}

/** The widest guard, as a part of the shortest window. */
const WIDEST_SHARE = 0.1;
/** What a guard that is not there at all is widened to. Unit: milliseconds. */
const FIRST_MS = 50;
/** So many windows without a refusal leave a guard as wide as it is. */
const HELD_WINDOWS = 8;
/** Each window after that leaves so much of it, until less than this part of the widest would be left. */
const [NARROWING, LEAST_SHARE] = [0.6, 0.01] as const;
/** After so many windows without a refusal every guard has narrowed. */
const DOUBTED_WINDOWS = 20;

/** The window by which a guard is widened and narrowed: the shortest of a set; `Infinity` if it has none. Unit: milliseconds. */
export function guardedWindow(limits: readonly LimitDefinition[]): number {
  return Math.min(...limits.map((limit) => (limit.kind === 'resource' ? Infinity : limit.windowMs)));
}

/** How wide a guard may become, or is by definition if that is more. Unit: milliseconds. */
export function widestGuard(definedMs: number, windowMs: number): number {
  return windowMs === Infinity ? definedMs : Math.max(definedMs, WIDEST_SHARE * windowMs);
}

/** How wide a guard is by now. It holds for a while, then narrows by itself to what is defined. */
export function guardOf(widened: WidenedGuard | undefined, definedMs: number, windowMs: number, now: number): number {
  if (widened === undefined) return definedMs;
  const windows = Math.max(0, Math.floor((now - widened.since) / windowMs) - HELD_WINDOWS);
  const widest = widestGuard(definedMs, windowMs);
  const guardMs = widened.guardMs * NARROWING ** windows;
  if (windows > 0 && guardMs < LEAST_SHARE * widest) return definedMs;
  return Math.max(definedMs, Math.min(guardMs, widest));
}

/** Whether a guard is in doubt: something was refused of late that the books do not explain, however wide it has become since. */
export function isDoubted(before: WidenedGuard | undefined, windowMs: number, now: number): boolean {
  return before !== undefined && now - before.since < DOUBTED_WINDOWS * windowMs;
}

/**
 * The guard after a refusal that the books do not explain: twice as wide, once in a window. Until a window has passed, what
 * started before counts by the guard of before, and a refusal says nothing new.
 */
export function widened(
  before: WidenedGuard | undefined,
  definedMs: number,
  windowMs: number,
  now: number,
): WidenedGuard | undefined {
  if (windowMs === Infinity || (before !== undefined && now - before.since < windowMs)) return before;
  const guardMs = Math.max(FIRST_MS, 2 * guardOf(before, definedMs, windowMs, now));
  return { guardMs: Math.min(guardMs, widestGuard(definedMs, windowMs)), since: now };
}
