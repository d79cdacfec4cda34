interface Entry<T> {
  /** The latest answer or failure. */
  readonly known?: Promise<T>;
  readonly freshUntil: number;
  /** What is being asked. */
  readonly pending?: Promise<T>;
}

/** Keys that are remembered. Past it all are forgotten, which costs one question for each that is looked at. */
const MOST_KEYS = 5_000;

const KEEP_FAILURE_MS = 1_000;

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
    return this.#renew(key, entry?.known);
  }

  /** A fresh answer if it comes within `ms`, else the latest, if there is one. Rejects as asking did. */
  async within(key: string, ms: number): Promise<T | undefined> {
    const known = this.#entries.get(key)?.known;
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

  #renew(key: string, known: Promise<T> | undefined): Promise<T> {
    if (this.#entries.size >= MOST_KEYS) this.#entries.clear();
    const began = this.now();
    const pending = this.ask(key);
    const settle = (keepMs: number): void => {
      this.#entries.set(key, { known: pending, freshUntil: this.now() + keepMs });
    };
    this.#entries.set(key, { pending, freshUntil: 0, ...(known !== undefined && { known }) });
    pending.then(
      () => settle(this.keepMs(this.now() - began)),
      () => settle(KEEP_FAILURE_MS),
    );
    return pending;
  }
}
