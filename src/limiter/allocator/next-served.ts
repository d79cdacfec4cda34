import { namedAmounts } from '../control/inspected';
import type { NextServed } from '../control/inspection';
import type { SetDefinition } from '../definition/definition';
import type { Ledger } from '../ledger/ledger';
import type { DemandEntry } from '../protocol/codec';
import { addTo, at, zeros, type Vector } from '../vector/vector';
import type { ClientAccount } from './account/client-account';
import type { ClientState } from './account/client-state';

/** Where requests wait, and what they wait for. Nothing of it is changed. */
export interface Queue {
  /** With all capacities that count now. */
  readonly inForce: SetDefinition;
  /** A copy: looking into a ledger moves it on. */
  readonly ledger: Ledger;
  readonly accounts: readonly ClientAccount[];
}

/** Requests of one kind that wait in one client. */
interface Waiting {
  readonly account: ClientAccount;
  readonly entry: DemandEntry;
}

/** The limit that has room last, and when; -1 if all have. */
interface Binding {
  readonly index: number;
  readonly readyAt: number;
}

/**
 * The first request, of the highest priority and then the oldest, that neither its client's units nor free ones cover; the very
 * first if there is room for all. Clients report only now and then that requests have started, so what they were granted
 * still stands against those that did.
 */
export function nextServed(queue: Queue, now: number): NextServed | undefined {
  const inOrder = queue.accounts
    .flatMap((account) => account.state.demand.waiting.map((entry): Waiting => ({ account, entry })))
    .sort(({ entry: a }, { entry: b }) => b.priority - a.priority || a.since - b.since);
  const [first] = inOrder;
  if (first === undefined) return undefined;
  const room = new Room(queue, now);
  for (const waiting of inOrder) {
    const binding = room.cover(waiting);
    if (binding !== undefined) return described(queue, waiting, binding);
  }
  return described(queue, first, { index: -1, readyAt: now });
}

function described(
  { inForce: { limits } }: Queue,
  { account, entry }: Waiting,
  { index, readyAt }: Binding,
): NextServed {
  const binding = limits[index];
  return {
    client: account.state.id,
    amounts: namedAmounts(limits, entry.amounts),
    waitingSince: entry.since,
    priority: entry.priority,
    ...(binding !== undefined && { bindingLimit: binding.key }),
    ...(readyAt < Infinity && { expectedAt: Math.ceil(readyAt) }),
  };
}

/** What is free beside what clients have, and how much of it the requests so far take. */
class Room {
  readonly #free: Vector;
  readonly #inUse: Vector;
  /** Units that clients lack, and permits. */
  #taken: Vector;
  /** By client, what its requests so far ask for. */
  readonly #asked = new Map<ClientAccount, number[]>();

  constructor(
    private readonly queue: Queue,
    private readonly now: number,
  ) {
    const { accounts, inForce, ledger } = queue;
    this.#inUse = inForce.limits.map((_, i) => permitsInUse(accounts, i));
    this.#free = inForce.limits.map(({ kind, capacity }, i) =>
      kind === 'resource' ? capacity - at(this.#inUse, i) : ledger.available(i, now),
    );
    this.#taken = zeros(inForce.limits.length);
  }

  /** Takes what these requests need. Returns what the first of them lacks for which there is no room, if there is one. */
  cover({ account, entry }: Waiting): Binding | undefined {
    const { amounts, count } = entry;
    let [fitting, tooMany] = [0, count + 1];
    while (tooMany - fitting > 1) {
      // most often all of them fit, or not even one
      const tried = fitting === 0 && tooMany > count ? count : Math.floor((fitting + tooMany) / 2);
      if (this.#fits(amounts, this.#takenWith(account, amounts, tried))) fitting = tried;
      else tooMany = tried;
    }
    if (fitting < count) return this.#binding(account.state, amounts, this.#takenWith(account, amounts, tooMany));
    this.#taken = this.#takenWith(account, amounts, count);
    addTo(this.#askedBy(account), amounts, count);
    return undefined;
  }

  #askedBy(account: ClientAccount): number[] {
    const asked = this.#asked.get(account) ?? zeros(this.#free.length);
    this.#asked.set(account, asked);
    return asked;
  }

  /** What is taken with so many more requests of a client. */
  #takenWith(account: ClientAccount, amounts: Vector, count: number): Vector {
    const { limits } = this.queue.inForce;
    const asked = this.#askedBy(account);
    const askedThen = [...asked];
    addTo(askedThen, amounts, count);
    const lacks = account.units.lacking(asked, limits);
    const lacksThen = account.units.lacking(askedThen, limits);
    return this.#taken.map((taken, i) =>
      limits[i]?.kind === 'resource'
        ? taken + at(askedThen, i) - at(asked, i)
        : taken + at(lacksThen, i) - at(lacks, i),
    );
  }

  #fits(amounts: Vector, taken: Vector): boolean {
    return amounts.every((amount, i) => amount === 0 || at(taken, i) <= at(this.#free, i));
  }

  #binding({ scheduling: { holdingMs } }: ClientState, amounts: Vector, taken: Vector): Binding {
    const { now } = this;
    const { inForce, ledger } = this.queue;
    let binding: Binding = { index: -1, readyAt: -Infinity };
    for (const [index, { kind, capacity }] of inForce.limits.entries()) {
      if (at(amounts, index) > capacity) return { index, readyAt: Infinity };
      if (at(amounts, index) === 0 || at(taken, index) <= at(this.#free, index)) continue;
      const readyAt =
        kind === 'resource'
          ? now + nextReleaseMs(holdingMs, at(this.#inUse, index))
          : unitsReadyAt(ledger, index, at(taken, index), now);
      if (readyAt > binding.readyAt) binding = { index, readyAt };
    }
    return binding;
  }
}

/** Permits of one limit that clients have in use. */
export function permitsInUse(accounts: readonly ClientAccount[], index: number): number {
  return accounts.reduce((total, { state }) => total + at(state.permits.inUse, index), 0);
}

/** When so many units are free; if that is more than a window has, when the next are. */
function unitsReadyAt(ledger: Ledger, index: number, units: number, now: number): number {
  const readyAt = ledger.readyAtOne(index, units, now);
  return readyAt === Infinity ? Math.max(now + 1, ledger.nextLanding()) : readyAt;
}

/** When the next of a client's holders probably ends, judged by how long they held of late. Unit: milliseconds. */
function nextReleaseMs(holdingMs: number, holders: number): number {
  return holdingMs > 0 ? Math.max(1, holdingMs / holders) : Infinity;
}
