import { unitsOf, type LimitDefinition, type WindowDefinition } from '../definition/definition';
import type { SeenLimit } from './seen-limits';

/** What a provider says of one limit of a set. */
export interface ReportedLimit {
  /** Which of the set's limits. */
  readonly index: number;
  /** Units per window. */
  readonly limit?: number;
  /** Units that are left. */
  readonly remaining?: number;
}

/** A limit this many times larger or smaller than the definition's is another one, as of a day instead of a minute. */
const MOST_APART = 8;
/** What is whole again only after this many windows counts in another window. */
const LATEST_RESET = 1.5;

/**
 * Which limits of a set a provider speaks of. A field that could mean two of them, or that means another window, says
 * nothing; of two that mean the same limit, the one with less left counts.
 */
export function reportedLimits(seen: readonly SeenLimit[], limits: readonly LimitDefinition[]): ReportedLimit[] {
  const found = new Map<number, ReportedLimit>();
  for (const { name, limit, remaining, resetMs } of seen) {
    if (limit === undefined && remaining === undefined) continue;
    const index = meant(limits, name, limit, resetMs);
    const before = found.get(index);
    if (index < 0 || (before !== undefined && (before.remaining ?? Infinity) <= (remaining ?? Infinity))) continue;
    found.set(index, { index, ...(limit !== undefined && { limit }), ...(remaining !== undefined && { remaining }) });
  }
  return [...found.values()];
}

/** The only limit of this name, or the one whose capacity is nearest; -1 if that is none, or several. */
function meant(
  limits: readonly LimitDefinition[],
  name: string,
  reported: number | undefined,
  resetMs: number | undefined,
): number {
  const windows = limits.filter((limit) => limit.kind !== 'resource');
  const apart = ({ capacity }: WindowDefinition): number =>
    reported === undefined ? 0 : Math.abs(Math.log(Math.max(reported, Number.MIN_VALUE) / capacity));
  const [nearest, second] = windows
    .filter((limit) => isNamed(limit, name) || (name === 'default' && windows.length === 1))
    .filter((limit) => resetMs === undefined || resetMs <= LATEST_RESET * limit.windowMs)
    .filter((limit) => apart(limit) <= Math.log(MOST_APART))
    .sort((a, b) => apart(a) - apart(b));
  if (nearest === undefined || (second !== undefined && apart(second) === apart(nearest))) return -1;
  return limits.indexOf(nearest);
}

/** Whether a provider's name for a limit means this one: its key, the unit that it counts, or what all providers call it. */
function isNamed(limit: WindowDefinition, name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  if (limit.key.toLowerCase() === plain) return true;
  if (limit.kind === 'call') return plain === 'requests';
  const units = unitsOf(limit);
  if (units.some(([, weight]) => weight !== 1)) return false;
  const names = units.map(([unit]) => unit).sort();
  return String(names) === (plain === 'tokens' ? 'input_tokens,output_tokens' : plain);
}
