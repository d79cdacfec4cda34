/** How long the rest of a batch takes: `about`, as measured, or `at least`, as long as that says nothing yet. */
export interface Forecast {
  readonly kind: 'about' | 'at least';
  /** Unit: seconds. */
  readonly seconds: number;
}

export interface ForecastOptions {
  /** Items that are to be done. */
  readonly items: number;
  /** The least time in which the limits let all of them through. Unit: seconds. */
  readonly leastSeconds: number;
  /** The longest window of any limit: what is measured over less says nothing, as windows begin with a burst. Unit: seconds. */
  readonly windowSeconds: number;
}

/** Longer ago does not tell how fast a batch is now. Unit: seconds. */
const MOST_MEASURED = 300;
const LEAST_MEASURED = 10;

/** Foresees when a batch is through: from how fast it was of late, and never sooner than its limits allow. */
export class Forecaster {
  readonly #samples: { readonly seconds: number; readonly done: number }[] = [{ seconds: 0, done: 0 }];
  readonly #measured: number;

  constructor(private readonly options: ForecastOptions) {
    this.#measured = Math.min(MOST_MEASURED, Math.max(LEAST_MEASURED, options.windowSeconds));
  }

  /** @param seconds Since the batch began. */
  note(seconds: number, done: number): void {
    this.#samples.push({ seconds, done });
    // the first that is kept is as old as what is measured, or just older
    while ((this.#samples[1]?.seconds ?? Infinity) <= seconds - this.#measured) this.#samples.shift();
  }

  /** Nothing if there is no forecast: all is done, or nothing was done of late. */
  get rest(): Forecast | undefined {
    const { items, leastSeconds } = this.options;
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.done >= items) return undefined;
    const least = Math.max(0, leastSeconds - last.seconds);
    const span = last.seconds - first.seconds;
    if (span < this.#measured) {
      return least > 0 && Number.isFinite(least) ? { kind: 'at least', seconds: least } : undefined;
    }
    const speed = (last.done - first.done) / span;
    return speed > 0 ? { kind: 'about', seconds: Math.max(least, (items - last.done) / speed) } : undefined;
  }
}
