/** What a local provider allows within any window of some length, by what it counts. It refuses whatever is over that. */
export class StrictQuotas {
  readonly #admitted: { readonly at: number; readonly amounts: Readonly<Record<string, number>> }[] = [];

  constructor(
    private readonly windowMs: number,
    private readonly capacities: Readonly<Record<string, number>>,
  ) {}

  /** Counts a request that has arrived now. Refused, it counts for nothing. */
  admit(amounts: Readonly<Record<string, number>>): boolean {
    const now = performance.now();
    while (this.#admitted[0] !== undefined && this.#admitted[0].at <= now - this.windowMs) this.#admitted.shift();
    const fits = Object.entries(this.capacities).every(
      ([key, capacity]) => this.#taken(key) + (amounts[key] ?? 0) <= capacity,
    );
    if (fits) this.#admitted.push({ at: now, amounts });
    return fits;
  }

  #taken(key: string): number {
    return this.#admitted.reduce((sum, { amounts }) => sum + (amounts[key] ?? 0), 0);
  }
}
