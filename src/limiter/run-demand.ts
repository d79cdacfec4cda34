import type { ClientAccount } from './client-account';
import type { LimitDefinition } from './definition';

/** Most acquisitions let start in one go: demand that costs next to nothing must not take for ever. */
const MAX_STARTS = 10_000;

/** What a workflow run could start now of what it waits for. */
export interface Startable {
  /** How many acquisitions, from the first. */
  readonly count: number;
  /** What they take together, by limit. */
  readonly amounts: readonly number[];
  /** When the one after them could start; `Infinity` if that is not known. */
  readonly nextAt: number;
  /** Whether there is none after them. */
  readonly isAll: boolean;
}

/** Looks how far the permits and the units that are set aside for a run go. */
export function startable(
  account: ClientAccount,
  limits: readonly LimitDefinition[],
  now: number,
  most = MAX_STARTS,
): Startable {
  const { demand, level, inUse, starting } = account.state;
  const taken = limits.map(({ kind }, i) => (kind === 'resource' ? inUse[i] : starting[i]) ?? 0);
  const sum = limits.map(() => 0);
  let count = 0;
  for (const [times, , , ...amounts] of demand) {
    for (let k = 0; k < times; k += 1) {
      let at = now;
      for (let i = 0; i < limits.length; i += 1) {
        const amount = amounts[i] ?? 0;
        if (amount === 0) continue;
        const needed = (taken[i] ?? 0) + (sum[i] ?? 0) + amount;
        if (limits[i]?.kind !== 'resource') at = Math.max(at, account.units.startsAt(i, needed));
        else if (needed > (level[i] ?? 0)) at = Infinity;
      }
      if (at > now || count === most) return { count, amounts: sum, nextAt: at, isAll: false };
      amounts.forEach((amount, i) => (sum[i] = (sum[i] ?? 0) + amount));
      count += 1;
    }
  }
  return { count, amounts: sum, nextAt: Infinity, isAll: true };
}
