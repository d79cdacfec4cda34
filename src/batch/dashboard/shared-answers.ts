interface Entry<T> {
  /** The latest answer or failure. */
  readonly known?: Promise<T>;
  readonly freshUntil: number;
  /** From then on it tells nothing of now. */
  readonly staleAt: number;
  /** What is being asked. */
  readonly pending?: Promise<T>;
}

/** Keys that are remembered. Past it all are forgotten, which costs one question for each that is looked at. */
const MOST_KEYS = 5_000;

const KEEP_FAILURE_MS = 1_000;
/** For so long, and twice as long as it took, an answer that is not fresh stands for one that is asked for. */
const GRACE_MS = 5_000;

/** Asks once at a time for each key and remembers the answer for a moment: many who look cost as much as one. */
export class SharedAnswers<T> {
  readonly #entries = new Map<string, Entry<T>>();

  /**
   * @param ask with the key
   * @param keepMs how old an answer may be, from how long it took. A failure is kept for a second. Unit: milliseconds
   */
  constructor(
    private readonly ask: (key: string) => Promise<T>,
    private readonly keepMs: (tookMs: number) => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A fresh answer. Rejects as asking did. */
  get(key: string): Promise<T> {
    const entry = this.#entries.get(key);
    if (entry?.pending !== undefined) return entry.pending;
    if (entry?.known !== undefined && this.now() < entry.freshUntil) return entry.known;
    return this.#renew(key, entry);
  }

  /** A fresh answer if it comes within `ms`, else the latest, if there is one of late. Rejects as asking did. */
  async within(key: string, ms: number): Promise<T | undefined> {
    const entry = this.#entries.get(key);
    const known = entry !== undefined && this.now() < entry.staleAt ? entry.known : undefined;
    const asked = this.get(key);
    if (asked === known) return asked;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<T | undefined>((resolve) => {
      timer = setTimeout(() => resolve(known), ms);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What is known is not fresh any more. */
  expire(): void {
    for (const [key, entry] of this.#entries) this.#entries.set(key, { ...entry, freshUntil: 0 });
  }

  #renew(key: string, before: Entry<T> | undefined): Promise<T> {
    if (this.#entries.size >= MOST_KEYS) this.#entries.clear();
    const began = this.now();
    const pending = this.ask(key);
    const settle = (keepMs: (tookMs: number) => number): void => {
      const now = this.now();
      const tookMs = now - began;
      const freshUntil = now + keepMs(tookMs);
      this.#entries.set(key, { known: pending, freshUntil, staleAt: freshUntil + GRACE_MS + 2 * tookMs });
    };
    this.#entries.set(key, { staleAt: 0, ...before, pending, freshUntil: 0 });
    pending.then(
      () => settle(this.keepMs),
      () => settle(() => KEEP_FAILURE_MS),
    );
    return pending;
  }
}
