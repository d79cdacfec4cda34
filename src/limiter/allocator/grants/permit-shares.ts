import type { ClientState } from '../account/client-state';

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
  readonly level: number[];
  /** Acquisitions that the level carries. */
  steps: number;
  /** Permits in use that are not yet in the level. */
  readonly running: number[];
  run: number;
  taken: number;
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
  const shares = wishes.map((wish): Share => ({
    wish,
    level: capacity.map(() => 0),
    steps: 0,
    running: [...wish.inUse],
    run: 0,
    taken: 0,
  }));
  let rest = inOrder(wishes).flatMap((place) => shares[place] ?? []);
  while (rest.length > 0) {
    const highest = rest[0]?.wish.priority;
    // one acquisition for each in turn, until nobody could take another
    let open = rest.filter(({ wish }) => wish.priority === highest);
    rest = rest.slice(open.length);
    while (open.length > 0) open = open.filter((share) => takesOne(share, free));
  }
  return shares.map((share) => share.level);
}

/** Moves the next acquisition of a client into its level, if what is free carries it. */
function takesOne(share: Share, free: number[]): boolean {
  const step = nextStep(share);
  if (step === undefined || share.steps >= MAX_STEPS || step.some((amount, i) => amount > (free[i] ?? 0))) return false;
  step.forEach((amount, i) => {
    free[i] = (free[i] ?? 0) - amount;
    share.level[i] = (share.level[i] ?? 0) + amount;
  });
  advance(share);
  return true;
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
