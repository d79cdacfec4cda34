import type { LimitDefinition } from '../../definition/definition';
import type { DemandEntry } from '../../protocol/codec';
import { couldCarry, type Pacing } from '../../protocol/pacing';
import { addTo, at, isZero, ROUNDING, zeros, type Vector } from '../../vector/vector';
import { signatureOf } from '../../waiting/signature-queues';
import type { ClientAccount } from '../account/client-account';

/** Requests whose arrivals differ by less are taken for equally old across clients, so that all of them move on. */
const AGE_GRAIN_MS = 250;
/** Clients that could start this near to each other are taken for equally ready. */
const START_GRAIN_MS = 10;
/** What is left of the difference of two totals that are equal, relative to them. */
const RESIDUE = 1e-12;
/** Most acquisitions looked at in one go: demand that costs next to nothing must not take forever. */
const MAX_STEPS = 10_000;

/** An entry, and its place in the client's own order. */
interface ListedEntry {
  readonly entry: DemandEntry;
  readonly order: number;
}

/** What one client waits for: a cursor for each set of limits that is asked for. */
export class ClientDemand {
  readonly cursors: readonly DemandCursor[];
  /** Amounts of all that the cursors have passed. */
  readonly #passed: number[];

  /**
   * @param isHeldUp Whether units are not to be had for long.
   * @param isProbing Whether only one request is to start: the first of each set of limits, whichever comes through.
   */
  constructor(
    readonly account: ClientAccount,
    readonly limits: readonly LimitDefinition[],
    readonly pacing: Pacing,
    isHeldUp: (units: Vector) => boolean,
    readonly isProbing: boolean,
  ) {
    this.#passed = zeros(limits.length);
    const queues = new Map<number, ListedEntry[]>();
    account.state.demand.waiting.forEach((entry, order) => {
      const signature = signatureOf(entry.amounts);
      const queue = queues.get(signature);
      if (queue === undefined) queues.set(signature, [{ entry: isProbing ? { ...entry, count: 1 } : entry, order }]);
      else if (!isProbing) queue.push({ entry, order });
    });
    this.cursors = [...queues].map(([signature, entries]) => new DemandCursor(this, signature, entries));
    this.#findHeldUp(isHeldUp);
    for (let covered = this.#firstCovered(); covered !== undefined; covered = this.#firstCovered()) covered.step();
    this.#findHeldUp(isHeldUp);
  }

  #findHeldUp(isHeldUp: (units: Vector) => boolean): void {
    // only the other cursors of the same client read it
    if (this.cursors.length < 2) return;
    for (const cursor of this.cursors) cursor.isHeldUp = !cursor.isDone && isHeldUp(cursor.shortage());
  }

  /** The first for whose next acquisition the client has units. */
  #firstCovered(): DemandCursor | undefined {
    let first: DemandCursor | undefined;
    for (const cursor of this.cursors) {
      if (!cursor.isStartable || !isZero(cursor.shortage())) continue;
      if (first === undefined || cursor.isBefore(first)) first = cursor;
    }
    return first;
  }

  /** Permits that others before this one wait for: they are kept for them, unless their units are not to be had for long. */
  permitsKeptFrom(cursor: DemandCursor, index: number): number {
    let kept = 0;
    for (const other of this.cursors)
      if (other !== cursor && !other.isHeldUp && other.isBefore(cursor)) kept += other.amount(index);
    return kept;
  }

  /** What the client would like to have for acquisitions that have not come yet. To be asked once all that waits has got its units. */
  shortageAhead(): number[] {
    if (this.isProbing) return zeros(this.limits.length);
    const { ahead } = this.account.state.demand;
    return this.limits.map((limit, i) =>
      limit.kind === 'resource' ? 0 : this.missing(i, Math.min(at(ahead, i), limit.capacity)),
    );
  }

  /** How much of an amount the units do not cover that the client has besides those for what was passed. */
  missing(index: number, amount: number): number {
    const { units, state } = this.account;
    const open = units.outstanding(index) - units.gone(index);
    // taken for units, what rounding has left of the totals would be missing from a small amount forever
    const has = open > at(state.units.granted, index) * RESIDUE ? open : 0;
    const before = at(this.#passed, index);
    const missing = before + amount - Math.max(before, has);
    return missing <= Math.max(has, amount) * ROUNDING ? 0 : missing;
  }

  /** How much of one limit has been passed. */
  passed(index: number): number {
    return at(this.#passed, index);
  }

  pass(amounts: Vector): void {
    addTo(this.#passed, amounts);
  }
}

/** Walks along what one client waits for of one set of limits, past what its lease covers already. */
export class DemandCursor {
  /**
   * Whether the units of its next acquisition are not to be had for long: it keeps no permits from others until they are.
   */
  isHeldUp = false;
  #place = 0;
  #taken = 0;
  #steps = 0;
  /** The entry that the next acquisition belongs to. */
  #next: ListedEntry | undefined;

  constructor(
    readonly demand: ClientDemand,
    readonly signature: number,
    readonly entries: readonly ListedEntry[],
  ) {
    this.#next = entries[0];
  }

  get #entry(): DemandEntry | undefined {
    return this.#next?.entry;
  }

  get account(): ClientAccount {
    return this.demand.account;
  }

  /** Whether there is no next acquisition. */
  get isDone(): boolean {
    return this.#entry === undefined;
  }

  /** Whether there is a next acquisition, and the client's permits, as they change hands, could carry it. */
  get isStartable(): boolean {
    const entry = this.#entry;
    if (entry === undefined || this.#steps >= MAX_STEPS) return false;
    const { permits, scheduling } = this.account.state;
    const { limits, pacing } = this.demand;
    // when a workflow will release is not known
    const holdingMs = this.account.run === undefined ? scheduling.holdingMs : Infinity;
    return limits.every((limit, i) => {
      const amount = at(entry.amounts, i);
      if (amount === 0) return true;
      // an acquisition lined up for a larger capacity would block all others forever
      if (amount > limit.capacity) return false;
      if (limit.kind !== 'resource') return true;
      const taken = this.demand.passed(i) + this.demand.permitsKeptFrom(this, i);
      return couldCarry({ cap: at(permits.cap, i), inUse: at(permits.inUse, i), holdingMs }, amount, taken, pacing);
    });
  }

  /**
   * Whether its next acquisition comes before another one of the same client, in the order in which the client lists them.
   * Its gate lets them through in that order: two that came in the same millisecond would wait for each other otherwise.
   */
  isBefore(other: DemandCursor): boolean {
    if (this.#next === undefined || other.#next === undefined) return this.#next !== undefined;
    return this.#next.order < other.#next.order;
  }

  /** What the next acquisition needs beyond the units that the client has; 0 for permits, which are no units. */
  shortage(): number[] {
    return this.demand.limits.map((limit, i) => {
      const amount = this.amount(i);
      return limit.kind === 'resource' || amount === 0 ? 0 : this.demand.missing(i, amount);
    });
  }

  /**
   * {@link DemandCursor.shortage}, if what it lacks comes at a moment: what the client has of it may be over by then. The
   * two would never be there together, and a large request would wait forever.
   */
  shortageAt(moment: number): number[] {
    const { units } = this.account;
    return this.shortage().map((missing, i) => {
      const amount = this.demand.limits[i]?.kind === 'resource' ? 0 : this.amount(i);
      const from = units.gone(i) + this.demand.passed(i);
      return amount === 0 ? 0 : missing + units.endedBy(moment, i, from, from + amount - missing);
    });
  }

  /** On to the next acquisition. */
  step(): void {
    if (this.#entry === undefined) return;
    this.demand.pass(this.#entry.amounts);
    this.#steps += 1;
    this.#taken += 1;
    if (this.#taken < this.#entry.count) return;
    this.#place += 1;
    this.#taken = 0;
    this.#next = this.entries[this.#place];
  }

  /**
   * Negative if this one is to be served before the other: priority, then who could start sooner, then age, then the one that
   * was served longer ago. A unit that waits for a permit at one client is of no use to another that has one.
   */
  compare(other: DemandCursor, moment: number): number {
    return (
      other.#priority - this.#priority ||
      Math.floor(this.startsAt(moment) / START_GRAIN_MS) - Math.floor(other.startsAt(moment) / START_GRAIN_MS) ||
      this.#age - other.#age ||
      this.account.state.scheduling.lastServed - other.account.state.scheduling.lastServed
    );
  }

  /** When a unit granted as of a moment would find a permit, at the pace at which the client's permits change hands. */
  startsAt(moment: number): number {
    const { holdingMs, carriesUntil } = this.account.state.scheduling;
    const carryMs = this.#carryMs;
    // what takes no permit waits for none: taken for one that does, it would be overtaken
    return carryMs === 0 ? moment : Math.max(moment, carriesUntil + carryMs - holdingMs);
  }

  /** The next acquisition is granted as of a moment: its permits are taken for as long as such are held. */
  carry(moment: number): void {
    const { scheduling } = this.account.state;
    scheduling.carriesUntil = Math.max(scheduling.carriesUntil, moment) + this.#carryMs;
  }

  /** For how long the next acquisition occupies the client's permits, as if they were one after the other. */
  get #carryMs(): number {
    const { permits, scheduling } = this.account.state;
    return this.demand.limits.reduce((most, { kind }, i) => {
      const amount = kind === 'resource' ? this.amount(i) : 0;
      return amount === 0 ? most : Math.max(most, (amount * scheduling.holdingMs) / Math.max(1, at(permits.cap, i)));
    }, 0);
  }

  get #priority(): number {
    return this.#entry?.priority ?? -Infinity;
  }

  get #age(): number {
    return Math.floor((this.#entry?.since ?? Infinity) / AGE_GRAIN_MS);
  }

  /** What the next acquisition wants of one limit. */
  amount(index: number): number {
    return this.#entry === undefined ? 0 : at(this.#entry.amounts, index);
  }
}
