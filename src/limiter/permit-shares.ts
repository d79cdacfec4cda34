import type { ClientState } from './client-state';

/** One client's wish for permits, in the order of the definitions' resource limits. */
export interface PermitWish {
  /** What it has in use. */
  readonly inUse: readonly number[];
  /** What its waiting acquisitions want, in order: how many times which amounts. */
  readonly waiting: readonly { readonly count: number; readonly amounts: readonly number[] }[];
  /** Since when the first of them waits; `Infinity` if none does. */
  readonly since: number;
  readonly priority: number;
}

/** Most acquisitions dealt to one client: more cannot end before the shares are dealt anew. */
const MAX_STEPS = 10_000;

interface Share {
  readonly wish: PermitWish;
  readonly index: number;
  readonly level: number[];
  /** Acquisitions that the level carries. */
  steps: number;
  /** Permits in use that are not yet in the level. */
  readonly running: number[];
  run: number;
  taken: number;
  closed: boolean;
}

/**
 * How many permits each client should have when there are not enough: max-min fair in acquisitions, the one that waits
 * longest first among equals, each acquisition whole. A client that waits for nothing gets no more than what it uses
 * until that ends. Source: D. Bertsekas, R. Gallager, "Data Networks", 1992, 6.5.2 (progressive filling).
 *
 * @returns each client's level, in the order given; their sum never exceeds the capacity
 */
export function sharePermits(capacity: readonly number[], wishes: readonly PermitWish[]): number[][] {
  const free = [...capacity];
  const shares = wishes.map((wish, index): Share => ({
    wish,
    index,
    level: capacity.map(() => 0),
    steps: 0,
    running: [...wish.inUse],
    run: 0,
    taken: 0,
    closed: false,
  }));
  // where nothing is left, nobody has to be looked at any more, however many wait
  while (free.some((permits) => permits > 0)) {
    const next = pick(shares);
    if (next === undefined) break;
    const step = nextStep(next);
    if (step === undefined || next.steps >= MAX_STEPS || step.some((amount, i) => amount > (free[i] ?? 0))) {
      next.closed = true;
      continue;
    }
    step.forEach((amount, i) => {
      free[i] = (free[i] ?? 0) - amount;
      next.level[i] = (next.level[i] ?? 0) + amount;
    });
    advance(next);
  }
  return shares.map((share) => share.level);
}

function pick(shares: readonly Share[]): Share | undefined {
  let best: Share | undefined;
  for (const share of shares) {
    if (!share.closed && (best === undefined || compare(share, best) < 0)) best = share;
  }
  return best;
}

function compare(a: Share, b: Share): number {
  return priorityOrder(a.wish, b.wish) || a.steps - b.steps || ageOrder(a.wish, b.wish) || a.index - b.index;
}

/** The places of the wishes: higher priority first, then whoever waits longest. */
export function inOrder(wishes: readonly PermitWish[]): number[] {
  return [...wishes.entries()].sort(([, a], [, b]) => priorityOrder(a, b) || ageOrder(a, b)).map(([place]) => place);
}

/** Compares without subtracting, because both may be -Infinity. */
function priorityOrder(a: PermitWish, b: PermitWish): number {
  return a.priority === b.priority ? 0 : b.priority > a.priority ? 1 : -1;
}

/** Compares without subtracting, because both may be Infinity. */
function ageOrder(a: PermitWish, b: PermitWish): number {
  return a.since === b.since ? 0 : a.since - b.since;
}

const isRunning = (share: Share): boolean => share.running.some((permits) => permits > 0);

/** What the next acquisition of this client takes: one that runs counts as one permit of each limit it holds. */
function nextStep(share: Share): readonly number[] | undefined {
  if (isRunning(share)) return share.running.map((permits) => Math.min(1, permits));
  return share.wish.waiting[share.run]?.amounts;
}

function advance(share: Share): void {
  share.steps += 1;
  if (isRunning(share)) {
    share.running.forEach((permits, i) => (share.running[i] = Math.max(0, permits - 1)));
    return;
  }
  share.taken += 1;
  if (share.taken < (share.wish.waiting[share.run]?.count ?? 0)) return;
  share.run += 1;
  share.taken = 0;
}

/** What a client wishes for, of the given resource limits. */
export function permitWish(state: ClientState, resources: readonly number[]): PermitWish {
  const waiting = state.demand
    .map(([count, priority, since, ...amounts]) => ({
      count,
      priority,
      since,
      amounts: resources.map((i) => amounts[i] ?? 0),
    }))
    .filter(({ amounts }) => amounts.some((permits) => permits > 0));
  return {
    inUse: resources.map((i) => state.inUse[i] ?? 0),
    waiting,
    since: waiting[0]?.since ?? Infinity,
    priority: waiting[0]?.priority ?? -Infinity,
  };
}

/** All that a client could use, of each resource limit. */
export function wishTotals(wish: PermitWish): number[] {
  return wish.inUse.map((inUse, r) =>
    wish.waiting.reduce((sum, { count, amounts }) => sum + count * (amounts[r] ?? 0), inUse),
  );
}
