import type { ClientAccount } from '../account/client-account';
import type { LimitDefinition } from '../../definition/definition';
import { inOrder, permitWish, sharePermits, wishTotals } from './permit-shares';

/**
 * Moves every client's level of permits towards its share, never above what the others may still have in use.
 *
 * @param newFence Called for each client that gets permits which another may have had before
 * @returns those who have fewer of some limit now
 */
export function levelPermits(
  accounts: readonly ClientAccount[],
  limits: readonly LimitDefinition[],
  newFence: () => number,
): ClientAccount[] {
  const resources = limits.flatMap(({ kind }, i) => (kind === 'resource' ? [i] : []));
  if (resources.length === 0) return [];
  const capacity = resources.map((i) => limits[i]?.capacity ?? 0);
  const wishes = accounts.map(({ state }) => permitWish(state, resources));
  const wanted = wishes.map(wishTotals);
  const ceilings = accounts.map((account) => resources.map((i) => account.maxPossibleInUse(i)));
  const free = capacity.map((all, r) => all - sumOf(ceilings, (most) => most[r] ?? 0));
  const isShort = capacity.some((all, r) => sumOf(wanted, (totals) => totals[r] ?? 0) > all);
  const isContended = capacity.some(
    (all, r) => sumOf(accounts, (_, a) => Math.max(wanted[a]?.[r] ?? 0, ceilings[a]?.[r] ?? 0)) > all,
  );
  const targets = isShort ? sharePermits(capacity, wishes) : wanted;
  const levels = accounts.map(({ state }) => [...state.permitCap]);
  const raise = (a: number, r: number, target: number): number => {
    const ceiling = ceilings[a]?.[r] ?? 0;
    const reachable = Math.min(target, ceiling + Math.max(0, free[r] ?? 0));
    if (reachable > ceiling) {
      free[r] = (free[r] ?? 0) - (reachable - ceiling);
      (ceilings[a] ?? [])[r] = reachable;
    }
    return reachable;
  };
  // what is free by now goes to whoever has waited longest, or those who came last would never have their turn
  for (const a of inOrder(wishes)) {
    const level = levels[a] ?? [];
    resources.forEach((i, r) => {
      // one that waits for nothing must not keep what it uses, so that it tells of each release at once
      const target = isShort && wishes[a]?.since === Infinity ? 0 : (targets[a]?.[r] ?? 0);
      const reachable = raise(a, r, target);
      // without contention a client keeps what it has until it gives it back by itself; what a run has not heard of is not its
      level[i] = isContended || accounts[a]?.run !== undefined ? reachable : Math.max(reachable, level[i] ?? 0);
    });
  }
  // what nobody waits for goes to those who are likely to need it soon
  if (!isContended) {
    levels.forEach((level, a) => {
      resources.forEach((i, r) => {
        const likely = (wanted[a]?.[r] ?? 0) + (accounts[a]?.state.ahead[i] ?? 0);
        level[i] = Math.max(level[i] ?? 0, raise(a, r, likely));
      });
    });
  }
  return accounts.filter((account, a) => {
    const level = levels[a] ?? [];
    const before = account.state.permitCap;
    if (level.some((permits, i) => permits > (before[i] ?? 0))) account.state.fence = newFence();
    account.setPermitCap(level);
    return level.some((permits, i) => permits < (before[i] ?? 0));
  });
}

function sumOf<T>(items: readonly T[], of: (item: T, index: number) => number): number {
  return items.reduce((sum, item, index) => sum + of(item, index), 0);
}
