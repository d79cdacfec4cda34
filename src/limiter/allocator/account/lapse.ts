import type { ClientState, Lapse } from './client-state';
import type { SetDefinition } from '../../definition/definition';
import type { StartedWithin } from '../../algorithms/algorithm';
import type { Sync } from '../../protocol/wire';

/** Most of a client told apart; past it the oldest are one: less comes back then, never more. */
const MAX_LAPSES = 4;

/** Remembers a lapse. */
export function addLapse(state: ClientState, lapse: Lapse): void {
  const lapses = [...(state.lapses ?? []), lapse];
  const [first, second, ...rest] = lapses;
  const isFull = first !== undefined && second !== undefined && lapses.length > MAX_LAPSES;
  state.lapses = isFull ? [joined(first, second), ...rest] : lapses;
}

/** Forgets what is of no consequence any more: it has recovered. */
export function forgetLapses(state: ClientState, { limits }: SetDefinition, now: number): void {
  if (state.lapses === undefined) return;
  const windowMs = limits.reduce((most, limit) => Math.max(most, limit.kind === 'resource' ? 0 : limit.windowMs), 0);
  const lapses = state.lapses.filter(({ lastAt }) => lastAt >= now - windowMs);
  if (lapses.length > 0) state.lapses = lapses;
  else delete state.lapses;
}

/**
 * Units of one limit are told to have started, and would count as of `landsAt`. Says how many of them count already, as
 * of then or later; these are told of no more.
 */
export function tellLapsed({ lapses = [] }: ClientState, index: number, units: number, landsAt: number): number {
  let known = 0;
  for (const lapse of lapses) {
    const untold = lapse.untold[index] ?? 0;
    const found = lapse.firstAt < landsAt ? 0 : Math.min(units - known, untold);
    if (found > 0) lapse.untold[index] = untold - found;
    known += found;
  }
  return known;
}

/**
 * As of when a unit counts at the latest that was started between two moments, and would count `guardMs` after the
 * second.
 */
export function countsBy({ lapses = [] }: ClientState, from: number, to: number, guardMs: number): number {
  const among = lapses.filter(({ notBefore, lastAt }) => notBefore <= to && from + guardMs <= lastAt);
  return Math.max(to + guardMs, ...among.map(({ lastAt }) => lastAt));
}

function joined(one: Lapse, other: Lapse): Lapse {
  return {
    notBefore: Math.min(one.notBefore, other.notBefore),
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    untold: one.untold.map((units, i) => units + (other.untold[i] ?? 0)),
  };
}

/** Within so many milliseconds was started what is given back by a client that does not say by when it was. */
const START_SPREAD_MS = 100;

/** Units given back in all, and between which moments those that came last count as started. */
interface ToldRefund {
  readonly totals: readonly number[];
  readonly within: StartedWithin;
}

/** What a sync says of units that were not needed: they count `guardMs` after their start, or since they lapsed. */
export function toldRefunds(
  state: ClientState,
  { refunds = [], refundEnds = [] }: Sync,
  guardMs: number,
): ToldRefund[] {
  return refunds.map(([startedAt, ...totals], i) => {
    const toldBy = Math.max(startedAt, refundEnds[i] ?? startedAt + START_SPREAD_MS);
    return { totals, within: { from: startedAt + guardMs, to: countsBy(state, startedAt, toldBy, guardMs) } };
  });
}
