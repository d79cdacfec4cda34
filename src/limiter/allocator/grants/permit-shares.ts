import type { LimitDefinition } from '../../definition/definition';
import type { DemandEntry } from '../../protocol/codec';
import { addTo, at, exceeds, isZero, zeros, type Vector } from '../../vector/vector';
import { signatureOf } from '../../waiting/signature-queues';
import type { ClientState } from '../account/client-state';

/** Acquisitions that wait for permits. */
interface PermitDemand extends DemandEntry {
  /** The limits that it asks for, others included. */
  readonly signature: number;
  /** All that it wants, units included. */
  readonly wanted: Vector;
}

/** One client's wish for permits; of limits that are no resources it wishes nothing. */
export interface PermitWish {
  /** What it has in use. */
  readonly inUse: Vector;
  /** What its waiting acquisitions want, in order: how many times which amounts. */
  readonly waiting: readonly PermitDemand[];
  /** Since when the first of them waits; `Infinity` if none does. */
  readonly since: number;
  readonly priority: number;
  /** Whether the first that waits comes before all others. */
  readonly isFirst: boolean;
}

/** Most acquisitions dealt to one client: more cannot end before the shares are dealt anew. */
const MAX_STEPS = 10_000;

interface Share {
  readonly wish: PermitWish;
  readonly permits: number[];
  /** Acquisitions that the permits carry. */
  steps: number;
  /** Permits in use that are not yet among them. */
  readonly running: number[];
  /** Where it stands in what waits, and how many of that entry it has been dealt. */
  entry: number;
  taken: number;
}

/**
 * How many permits each client should have when there are not enough: max-min fair in acquisitions, the one that waits
 * longest first among equals, each acquisition whole. A client that waits for nothing gets no more than what it uses
 * until that ends. Source: D. Bertsekas, R. Gallager, "Data Networks", 1992, 6.5.2 (progressive filling).
 *
 * @returns each client's share, in the order given; their sum never exceeds the capacity
 */
export function sharePermits(capacity: Vector, wishes: readonly PermitWish[]): number[][] {
  const free = [...capacity];
  const shares = wishes.map((wish): Share => ({
    wish,
    permits: zeros(capacity.length),
    steps: 0,
    running: [...wish.inUse],
    entry: 0,
    taken: 0,
  }));
  for (const share of shares.filter(({ wish }) => wish.isFirst)) {
    while (share.entry + share.taken === 0 && takesOne(share, free));
  }
  let rest = inOrder(shares);
  while (rest.length > 0) {
    const highest = rest[0]?.wish.priority;
    // one acquisition for each client in turn, until none can take another
    let open = rest.filter(({ wish }) => wish.priority === highest);
    rest = rest.slice(open.length);
    while (open.length > 0) open = open.filter((share) => takesOne(share, free));
  }
  return shares.map(({ permits }) => permits);
}

/** Moves the next acquisition of a client into its share, if what is free carries it. */
function takesOne(share: Share, free: number[]): boolean {
  const step = nextStep(share);
  if (step === undefined || share.steps >= MAX_STEPS || exceeds(step, free)) return false;
  addTo(free, step, -1);
  addTo(share.permits, step);
  advance(share);
  return true;
}

/** Higher priority first, then the longest wait. */
export function inOrder<T extends { readonly wish: PermitWish }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => priorityOrder(a.wish, b.wish) || ageOrder(a.wish, b.wish));
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
function nextStep(share: Share): Vector | undefined {
  if (isRunning(share)) return share.running.map((permits) => Math.min(1, permits));
  return share.wish.waiting[share.entry]?.amounts;
}

function advance(share: Share): void {
  share.steps += 1;
  if (isRunning(share)) {
    share.running.forEach((permits, i) => (share.running[i] = Math.max(0, permits - 1)));
    return;
  }
  share.taken += 1;
  const entry = share.wish.waiting[share.entry];
  if (entry !== undefined && share.taken < entry.count) return;
  share.entry += 1;
  share.taken = 0;
}

/** What a client wishes for. */
export function permitWish({ demand, permits }: ClientState, limits: readonly LimitDefinition[]): PermitWish {
  const waiting = demand.waiting
    .map((entry) => ({
      ...entry,
      signature: signatureOf(entry.amounts),
      wanted: entry.amounts,
      amounts: permitsOf(entry.amounts, limits),
    }))
    .filter(({ amounts }) => !isZero(amounts));
  return wishOf(permitsOf(permits.inUse, limits), waiting);
}

export function wishOf(inUse: Vector, waiting: readonly PermitDemand[]): PermitWish {
  const [first] = waiting;
  return { inUse, waiting, since: first?.since ?? Infinity, priority: first?.priority ?? -Infinity, isFirst: false };
}

/** All that a client could use, of each resource limit. */
export function wishTotals({ inUse, waiting }: PermitWish): number[] {
  const totals = [...inUse];
  for (const { count, amounts } of waiting) addTo(totals, amounts, count);
  return totals;
}

/** The amounts of resource limits; nothing of the others. */
export function permitsOf(amounts: Vector, limits: readonly LimitDefinition[]): number[] {
  return limits.map(({ kind }, i) => (kind === 'resource' ? at(amounts, i) : 0));
}
