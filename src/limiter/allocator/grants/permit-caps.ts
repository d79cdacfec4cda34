import type { LimitDefinition } from '../../definition/definition';
import { addAt, addTo, at, exceeds, larger, sum, zeros, type Vector } from '../../vector/vector';
import type { ClientAccount } from '../account/client-account';
import { inOrder, permitsOf, permitWish, sharePermits, wishOf, wishTotals, type PermitWish } from './permit-shares';

/** What one client wants of the permits, and what it gets. */
interface Claim {
  readonly account: ClientAccount;
  readonly wish: PermitWish;
  /** All that it could use. */
  readonly wanted: Vector;
  /** What it may have in use, whatever message was lost. Grows with what it gets. */
  readonly possible: number[];
  /** The most that it is to have in use from now on. */
  readonly cap: number[];
}

/** The permits of all resource limits, as they stand while claims are met. */
interface Pool {
  readonly capacity: Vector;
  /** Permits that no client can have in use. */
  readonly free: number[];
  /** Whether some permits are fewer than what all could use. */
  readonly isShort: boolean;
  /** Whether some are fewer than what all could use or may have in use still. */
  readonly isContended: boolean;
}

/**
 * Moves every client's cap on permits towards its share, never above what the others may still have in use. A client
 * that may not start anything for a while keeps its share, so that all continue at once afterwards.
 *
 * @param newFence Called for each client that gets permits which another may have had before
 * @param isHeldUp Whether a client lacks units of these amounts that are not to be had for long
 * @param isProbing Whether the others wait for a request of this client, which is to have its permits before they do
 * @returns those who have fewer of some limit now
 */
export function assignPermitCaps(
  accounts: readonly ClientAccount[],
  limits: readonly LimitDefinition[],
  newFence: () => number,
  isHeldUp: (account: ClientAccount, amounts: Vector) => boolean,
  isProbing: (account: ClientAccount) => boolean,
): ClientAccount[] {
  if (limits.every(({ kind }) => kind !== 'resource')) return [];
  let claims = accounts.map((account) => {
    const wish = permitWish(account.state, limits);
    return claimOf(account, limits, { ...wish, isFirst: isProbing(account) });
  });
  let pool = poolOf(claims, limits);
  if (pool.isShort) {
    claims = withoutHeldUp(claims, limits, isHeldUp);
    pool = poolOf(claims, limits);
  }
  giveShares(claims, pool, limits);
  if (!pool.isContended) giveSpare(claims, pool, limits);
  return putIntoForce(claims, newFence);
}

function claimOf(account: ClientAccount, limits: readonly LimitDefinition[], wish: PermitWish): Claim {
  const possible = limits.map((_, i) => account.maxPossibleInUse(i));
  const { cap } = account.state.permits;
  return { account, wish, wanted: wishTotals(wish), possible: permitsOf(possible, limits), cap: [...cap] };
}

/**
 * Leaves out what waits for units that are not to be had for long, if others could make use of the permits meanwhile. It
 * claims them again when its units are near, and has waited longest then.
 */
function withoutHeldUp(
  claims: readonly Claim[],
  limits: readonly LimitDefinition[],
  isHeldUp: (account: ClientAccount, amounts: Vector) => boolean,
): Claim[] {
  const signatures = new Set(claims.flatMap(({ wish }) => wish.waiting.map(({ signature }) => signature)));
  if (signatures.size < 2) return [...claims];
  const wishes = claims.map(({ account, wish }) => {
    const heldUp = new Map<number, boolean>();
    const waiting = wish.waiting.filter(({ signature, wanted }) => {
      const isOut = heldUp.get(signature) ?? isHeldUp(account, wanted);
      heldUp.set(signature, isOut);
      return !isOut;
    });
    return { ...wishOf(wish.inUse, waiting), isFirst: wish.isFirst };
  });
  if (wishes.every(({ waiting }) => waiting.length === 0)) return [...claims];
  return claims.map((claim, place) => claimOf(claim.account, limits, wishes[place] ?? claim.wish));
}

function poolOf(claims: readonly Claim[], limits: readonly LimitDefinition[]): Pool {
  const capacity = permitsOf(
    limits.map((limit) => limit.capacity),
    limits,
  );
  const [free, wanted, needed] = [[...capacity], zeros(limits.length), zeros(limits.length)];
  for (const claim of claims) {
    addTo(free, claim.possible, -1);
    addTo(wanted, claim.wanted);
    addTo(needed, larger(claim.wanted, claim.possible));
  }
  return { capacity, free, isShort: exceeds(wanted, capacity), isContended: exceeds(needed, capacity) };
}

/** What is free now goes to the client that has waited longest, or the last to come would never be served. */
function giveShares(claims: readonly Claim[], pool: Pool, limits: readonly LimitDefinition[]): void {
  const wishes = claims.map(({ wish }) => wish);
  const shares = pool.isShort ? sharePermits(pool.capacity, wishes) : claims.map(({ wanted }) => wanted);
  const claimed = claims.map((claim, place) => ({ claim, wish: claim.wish, share: shares[place] ?? [] }));
  for (const { claim, wish, share } of inOrder(claimed)) {
    // one that waits for nothing must not keep what it uses, so that it reports each release at once
    const target = pool.isShort && wish.since === Infinity ? [] : share;
    limits.forEach(({ kind }, i) => {
      if (kind !== 'resource') return;
      const reachable = raise(claim, i, at(target, i), pool);
      // without contention a client keeps what it has until it gives it back by itself; what a run has not heard of is not its own
      const isMoved = pool.isContended || claim.account.run !== undefined;
      claim.cap[i] = isMoved ? reachable : Math.max(reachable, at(claim.cap, i));
    });
  }
}

/** Permits that no request waits for go to the clients that are likely to need them soon. */
function giveSpare(claims: readonly Claim[], pool: Pool, limits: readonly LimitDefinition[]): void {
  for (const claim of claims) {
    const likely = sum(claim.wanted, claim.account.state.demand.ahead);
    limits.forEach(({ kind }, i) => {
      if (kind === 'resource') claim.cap[i] = Math.max(at(claim.cap, i), raise(claim, i, at(likely, i), pool));
    });
  }
}

/** Has each client hear of its cap. Says whose is lower than before. */
function putIntoForce(claims: readonly Claim[], newFence: () => number): ClientAccount[] {
  return claims.flatMap(({ account, cap }) => {
    const before = account.state.permits.cap;
    if (exceeds(cap, before)) account.state.fence = newFence();
    account.setPermitCap(cap);
    return exceeds(before, cap) ? [account] : [];
  });
}

/**
 * Raises what a client may have in use towards a target, as far as no other client may have it. Returns how far.
 * Where a lowered definition leaves more in use than there is, what comes back is kept back until that is made up for.
 */
function raise(claim: Claim, index: number, target: number, { free }: Pool): number {
  const possible = at(claim.possible, index);
  const reachable = Math.min(target, Math.max(0, possible + at(free, index)));
  if (reachable > possible) {
    addAt(free, index, possible - reachable);
    claim.possible[index] = reachable;
  }
  return reachable;
}
