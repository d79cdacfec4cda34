/** Amounts by what a provider counts, such as `calls` or `tokens`. */
type Counts = Readonly<Record<string, number>>;

/** A request that was admitted: when it arrived, and what it counts. */
export interface Admitted {
  readonly at: number;
  amounts: Counts;
}

/** What a local provider allows within any window of some length. It refuses every request that would exceed that. */
export class StrictQuotas {
  readonly #admitted: Admitted[] = [];

  constructor(
    private readonly windowMs: number,
    private readonly capacities: Counts,
  ) {}

  /** Counts a request that arrives now, and returns its entry. A refused request returns `undefined` and counts nothing. */
  admit(amounts: Counts): Admitted | undefined {
    const now = performance.now();
    while (this.#admitted[0] !== undefined && this.#admitted[0].at <= now - this.windowMs) this.#admitted.shift();
    const fits = Object.entries(this.capacities).every(
      ([key, capacity]) => this.#taken(key) + (amounts[key] ?? 0) <= capacity,
    );
    if (!fits) return undefined;
    const entry = { at: now, amounts };
    this.#admitted.push(entry);
    return entry;
  }

  #taken(key: string): number {
    return this.#admitted.reduce((sum, { amounts }) => sum + (amounts[key] ?? 0), 0);
  }
}
