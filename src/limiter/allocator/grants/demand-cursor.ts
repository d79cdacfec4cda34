import type { ClientAccount } from '../account/client-account';
import type { LimitDefinition } from '../../definition/definition';

/** Requests whose arrivals differ by less are taken for equally old across clients, so that all of them move on. */
const AGE_GRAIN_MS = 250;
/** Clients that could start this near to each other are taken for equally ready. */
const START_GRAIN_MS = 10;
/** How often a permit is taken to change hands while no holder has ended: a first burst should not wait to find out. */
const UNKNOWN_TURNS = 4;
/** Rounding of sums of fractions, relative to the sums. */
const ROUNDING = 1e-9;
/** What is left of the difference of two totals that are equal, relative to them. */
const RESIDUE = 1e-12;
/** Most acquisitions looked at in one go: demand that costs next to nothing must not take for ever. */
const MAX_STEPS = 10_000;

/** Walks along what one client waits for, past what its lease covers already. */
export class DemandCursor {
  #run = 0;
  #taken = 0;
  #steps = 0;
  #amounts: readonly number[] | undefined;
  /** Amounts of all that was walked past. */
  readonly #sum: number[];

  /** @param carryMs The client's permits, as they change hands, are to carry what it gets for so long. */
  constructor(
    readonly account: ClientAccount,
    readonly limits: readonly LimitDefinition[],
    readonly carryMs: number,
  ) {
    this.#sum = limits.map(() => 0);
    this.#amounts = this.account.state.demand[0]?.slice(3);
    while (this.isStartable && this.shortage().every((amount) => amount === 0)) this.step();
  }

  /** Whether there is no next acquisition. */
  get isDone(): boolean {
    return this.#amounts === undefined;
  }

  /** Whether there is a next acquisition, and the client's permits, as they change hands, could carry it. */
  get isStartable(): boolean {
    const amounts = this.#amounts;
    if (amounts === undefined || this.#steps >= MAX_STEPS) return false;
    const { permitCap, inUse, holdingMs } = this.account.state;
    // when a workflow will release, nobody knows
    const isRun = this.account.run !== undefined;
    return this.limits.every((limit, i) => {
      const amount = amounts[i] ?? 0;
      if (amount === 0) return true;
      // one that was lined up for a larger capacity would block everybody for ever
      if (amount > limit.capacity) return false;
      if (limit.kind !== 'resource') return true;
      const permits = permitCap[i] ?? 0;
      const turns = isRun ? 0 : holdingMs === 0 ? UNKNOWN_TURNS : this.carryMs / holdingMs;
      return (this.#sum[i] ?? 0) + amount <= Math.max(0, permits - (inUse[i] ?? 0)) + Math.floor(permits * turns);
    });
  }

  /** What the next acquisition needs beyond the units that the client has; 0 for permits, which are no units. */
  shortage(): number[] {
    return this.limits.map((limit, i) => {
      const amount = this.#amounts?.[i] ?? 0;
      return limit.kind === 'resource' || amount === 0 ? 0 : this.#missing(i, amount);
    });
  }

  /**
   * {@link DemandCursor.shortage}, if what it lacks comes at a moment: what the client has of it may be over by then. The
   * two would never be there together, and a large request would wait for ever.
   */
  shortageAt(at: number): number[] {
    const { units, state } = this.account;
    return this.shortage().map((missing, i) => {
      const amount = this.limits[i]?.kind === 'resource' ? 0 : (this.#amounts?.[i] ?? 0);
      const from = (state.starting[i] ?? 0) + (this.#sum[i] ?? 0);
      return amount === 0 ? 0 : missing + units.endedBy(at, i, from, from + amount - missing);
    });
  }

  /** What the client would like to have for acquisitions that have not come yet. To be asked once all that waits has got its units. */
  shortageAhead(): number[] {
    const { ahead } = this.account.state;
    return this.limits.map((limit, i) =>
      limit.kind === 'resource' ? 0 : this.#missing(i, Math.min(ahead[i] ?? 0, limit.capacity)),
    );
  }

  /** On to the next acquisition. */
  step(): void {
    this.#amounts?.forEach((amount, i) => (this.#sum[i] = (this.#sum[i] ?? 0) + amount));
    this.#steps += 1;
    this.#taken += 1;
    if (this.#taken < (this.account.state.demand[this.#run]?.[0] ?? 0)) return;
    this.#run += 1;
    this.#taken = 0;
    this.#amounts = this.account.state.demand[this.#run]?.slice(3);
  }

  /**
   * Negative if this one is to be served before the other: priority, then who could start sooner, then age, then whoever
   * was served longer ago. A unit that waits for a permit at one client is of no use to another that has one.
   */
  compare(other: DemandCursor, at: number): number {
    return (
      other.#priority - this.#priority ||
      Math.floor(this.startsAt(at) / START_GRAIN_MS) - Math.floor(other.startsAt(at) / START_GRAIN_MS) ||
      this.#age - other.#age ||
      this.account.state.lastServed - other.account.state.lastServed
    );
  }

  /** When a unit granted as of a moment would find a permit, at the pace at which the client's permits change hands. */
  startsAt(at: number): number {
    const { holdingMs, carriesUntil } = this.account.state;
    const carryMs = this.#carryMs;
    // what takes no permit waits for none: taken for one that does, it would be overtaken
    return carryMs === 0 ? at : Math.max(at, carriesUntil + carryMs - holdingMs);
  }

  /** The next acquisition is granted as of a moment: its permits are taken for as long as such are held. */
  carry(at: number): void {
    this.account.state.carriesUntil = Math.max(this.account.state.carriesUntil, at) + this.#carryMs;
  }

  /** For how long the next acquisition occupies the client's permits, as if they were one after the other. */
  get #carryMs(): number {
    const { permitCap, holdingMs } = this.account.state;
    return this.limits.reduce((most, { kind }, i) => {
      const amount = kind === 'resource' ? (this.#amounts?.[i] ?? 0) : 0;
      return amount === 0 ? most : Math.max(most, (amount * holdingMs) / Math.max(1, permitCap[i] ?? 0));
    }, 0);
  }

  #missing(index: number, amount: number): number {
    const { units, state } = this.account;
    const open = units.outstanding(index) - (state.starting[index] ?? 0);
    // taken for units, what rounding has left of the totals would be missing from a small amount for ever
    const has = open > (state.granted[index] ?? 0) * RESIDUE ? open : 0;
    const before = this.#sum[index] ?? 0;
    const missing = before + amount - Math.max(before, has);
    return missing <= Math.max(has, amount) * ROUNDING ? 0 : missing;
  }

  get #priority(): number {
    return this.account.state.demand[this.#run]?.[1] ?? 0;
  }

  get #age(): number {
    return Math.floor((this.account.state.demand[this.#run]?.[2] ?? 0) / AGE_GRAIN_MS);
  }
}
