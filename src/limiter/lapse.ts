/**
 * Units of a client that count as started, at the end of their intervals, because nothing was heard of them. When it is
 * heard of them after all, they count already: not a second time, and not earlier either.
 */
export interface Lapse {
  /** As of when the first of those counts that nothing has been heard of since. */
  readonly from: number;
  /** As of when the last of all counts. */
  readonly to: number;
  /** How many nothing has been heard of since, of each limit. */
  readonly untold: number[];
}

/** These units lapse, as of `at`. What has not been told of for longer than `forgetMs` is told of no more. */
export function lapse(before: Lapse | undefined, amounts: readonly number[], at: number, forgetMs: number): Lapse {
  if (before === undefined) return { from: at, to: at, untold: [...amounts] };
  const to = Math.max(at, before.to);
  const isOver = before.untold.every((units) => units === 0) || before.from < at - forgetMs;
  if (isOver) return { from: at, to, untold: [...amounts] };
  return { from: Math.min(at, before.from), to, untold: amounts.map((units, i) => units + (before.untold[i] ?? 0)) };
}

/** Of units of one limit that are told to have started, and would count as of `landsAt`: those that have lapsed, and count as of then or later. */
export function takeLapsed(lapsed: Lapse | undefined, index: number, units: number, landsAt: number): number {
  if (lapsed === undefined || landsAt > lapsed.from) return 0;
  const known = Math.min(units, lapsed.untold[index] ?? 0);
  lapsed.untold[index] = (lapsed.untold[index] ?? 0) - known;
  return known;
}
