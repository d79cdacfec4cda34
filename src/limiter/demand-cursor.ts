import type { ClientAccount } from './client-account';
import type { LimitDefinition } from './definition';

/** Requests whose arrivals differ by less are taken for equally old across clients, so that all of them move on. */
const AGE_GRAIN_MS = 250;
/** Rounding of sums of fractions, relative to the sums. */
const ROUNDING = 1e-9;

/** Walks along what one client waits for, past what its lease covers already. */
export class DemandCursor {
  #run = 0;
  #taken = 0;
  /** Amounts of all that was walked past. */
  readonly #sum: number[];

  constructor(
    readonly account: ClientAccount,
    readonly limits: readonly LimitDefinition[],
  ) {
    this.#sum = limits.map(() => 0);
    while (this.#amounts !== undefined && this.shortage().every((amount) => amount === 0) && this.isStartable) this.step();
  }

  /** Whether there is a next acquisition, and the client's permits, as they change hands, could carry it. */
  get isStartable(): boolean {
    const amounts = this.#amounts;
    if (amounts === undefined) return false;
    const { level, inUse, turnover } = this.account.state;
    return this.limits.every((limit, i) => {
      const amount = amounts[i] ?? 0;
      if (limit.kind !== 'resource' || amount === 0) return true;
      const permits = level[i] ?? 0;
      return (this.#sum[i] ?? 0) + amount <= permits - (inUse[i] ?? 0) + Math.floor(permits * turnover);
    });
  }

  /** What the next acquisition needs beyond the units that the client has; 0 for permits, which are no units. */
  shortage(): number[] {
    const amounts = this.#amounts ?? [];
    return this.limits.map((limit, i) => {
      const amount = amounts[i] ?? 0;
      if (limit.kind === 'resource' || amount === 0) return 0;
      const has = this.account.outstanding(i);
      const before = Math.max(0, (this.#sum[i] ?? 0) - has);
      const missing = (this.#sum[i] ?? 0) + amount - has - before;
      return missing <= Math.max(has, amount) * ROUNDING ? 0 : missing;
    });
  }

  /** On to the next acquisition. */
  step(): void {
    this.#amounts?.forEach((amount, i) => (this.#sum[i] = (this.#sum[i] ?? 0) + amount));
    this.#taken += 1;
    if (this.#taken < (this.account.state.demand[this.#run]?.[0] ?? 0)) return;
    this.#run += 1;
    this.#taken = 0;
  }

  /** Negative if this one is to be served before the other: priority, then age, then whoever was served longer ago. */
  compare(other: DemandCursor): number {
    return (
      other.#priority - this.#priority || this.#age - other.#age || this.account.state.turn - other.account.state.turn
    );
  }

  get #amounts(): readonly number[] | undefined {
    return this.account.state.demand[this.#run]?.slice(3);
  }

  get #priority(): number {
    return this.account.state.demand[this.#run]?.[1] ?? 0;
  }

  get #age(): number {
    return Math.floor((this.account.state.demand[this.#run]?.[2] ?? 0) / AGE_GRAIN_MS);
  }
}
