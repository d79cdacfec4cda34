import { Conduct, limitHeaders } from './strict-provider-conduct';
import { SlidingLog } from './strict-provider-log';

/** What a provider allows. A quota that is left out is unlimited, but is counted all the same. */
export interface ProviderQuotas {
  /** Length of the sliding window of calls and tokens, in milliseconds. */
  readonly windowMs: number;
  /** Requests per window. */
  readonly calls?: number;
  /** Prompt tokens per window, chat overhead included, as the provider counts them. */
  readonly inputTokens?: number;
  /** Completion tokens per window, counted as requested by `max_tokens`, not as produced. */
  readonly outputTokens?: number;
  /** Requests open at the same time. */
  readonly connections?: number;
}

/** One number for each thing that a provider counts. */
export interface Counts {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly connections: number;
}

export type Quota = keyof Counts;

export type Admission =
  { readonly admitted: true } | { readonly admitted: false; readonly quota: Quota; readonly retryAfterMs: number };

/** Nobody knows when another request will end; the hint only has to keep a refused client from spinning. */
const CONNECTION_RETRY_MS = 100;

const WINDOWS = ['calls', 'inputTokens', 'outputTokens'] as const;

/** The provider's books: all quotas are checked first and charged together, so a refused request leaves no trace. */
export class QuotaBook {
  readonly conduct = new Conduct();
  readonly #logs: { readonly calls: SlidingLog; readonly inputTokens: SlidingLog; readonly outputTokens: SlidingLog };
  readonly #maxOpen: number;
  #open = 0;
  #peakOpen = 0;
  #total = { calls: 0, inputTokens: 0, outputTokens: 0 };
  #refused: Record<Quota, number> = { calls: 0, inputTokens: 0, outputTokens: 0, connections: 0 };

  constructor(private readonly quotas: ProviderQuotas) {
    const { windowMs, calls, inputTokens, outputTokens, connections } = quotas;
    if (!(windowMs > 0 && Number.isFinite(windowMs))) throw new RangeError('quotas.windowMs must be above 0');
    for (const capacity of [calls, inputTokens, outputTokens, connections]) {
      if (capacity !== undefined && !(capacity >= 0)) throw new RangeError('a quota must be 0 or more');
    }
    this.#logs = {
      calls: new SlidingLog(calls ?? Infinity, windowMs),
      inputTokens: new SlidingLog(inputTokens ?? Infinity, windowMs),
      outputTokens: new SlidingLog(outputTokens ?? Infinity, windowMs),
    };
    this.#maxOpen = connections ?? Infinity;
  }

  /** Requests that are open now. */
  get open(): number {
    return this.#open;
  }

  admit(now: number, inputTokens: number, outputTokens: number): Admission {
    const amounts = { calls: 1, inputTokens, outputTokens };
    this.#followConduct(now);
    const short = WINDOWS.filter((quota) => !this.#logs[quota].fits(now, amounts[quota]));
    const [first] = short;
    if (first !== undefined) {
      const waits = short.map((quota) => this.#logs[quota].msUntilFits(now, amounts[quota]));
      return this.#refuse(first, Math.max(...waits));
    }
    if (this.#open >= Math.floor(this.#maxOpen * this.conduct.share))
      return this.#refuse('connections', CONNECTION_RETRY_MS);
    for (const quota of WINDOWS) {
      this.#logs[quota].add(now, amounts[quota]);
      this.#total[quota] += amounts[quota];
    }
    this.#open += 1;
    this.#peakOpen = Math.max(this.#peakOpen, this.#open);
    return { admitted: true };
  }

  /** What it says of its quotas with each answer. */
  headers(now: number): Record<string, string> {
    const { calls, inputTokens } = this.#logs;
    return {
      ...limitHeaders('requests', calls.capacity, calls.used(now)),
      ...limitHeaders('tokens', inputTokens.capacity, inputTokens.used(now)),
    };
  }

  /** To be called exactly once for each admitted request. */
  release(): void {
    this.#open -= 1;
  }

  /** The most of each quota that was ever in use at once. */
  peak(): Counts {
    const { calls, inputTokens, outputTokens } = this.#logs;
    return {
      calls: calls.peak,
      inputTokens: inputTokens.peak,
      outputTokens: outputTokens.peak,
      connections: this.#peakOpen,
    };
  }

  refused(): Counts {
    return { ...this.#refused };
  }

  /** Everything that was ever charged. */
  total(): Omit<Counts, 'connections'> {
    return { ...this.#total };
  }

  /** Lowers what is allowed, and counts what others have used meanwhile. */
  #followConduct(now: number): void {
    const { conduct, quotas } = this;
    for (const quota of WINDOWS) this.#logs[quota].capacity = Math.floor((quotas[quota] ?? Infinity) * conduct.share);
    this.#logs.calls.add(now, conduct.othersSince(now));
  }

  #refuse(quota: Quota, retryAfterMs: number): Admission {
    this.#refused[quota] += 1;
    return { admitted: false, quota, retryAfterMs };
  }
}
