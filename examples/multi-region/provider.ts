import { CALLS, WINDOW_SECONDS } from './accounts';

/** What an account saw. */
export interface Seen {
  served: number;
  refused: number;
}

/** A provider in this process, so that the example runs anywhere: it counts each account's calls to the millisecond. */
export class FakeProvider {
  /** By account. */
  readonly seen = new Map<string, Seen>();
  readonly #calls = new Map<string, number[]>();

  /** @throws an error where the account has made too many calls within any window */
  answer(account: string, prompt: string): string {
    const now = performance.now();
    const recent = (this.#calls.get(account) ?? []).filter((at) => now - at < WINDOW_SECONDS * 1_000);
    const seen = this.seen.get(account) ?? { served: 0, refused: 0 };
    this.seen.set(account, seen);
    if (recent.length >= CALLS) {
      seen.refused += 1;
      throw new Error(`429: ${account} has made ${String(recent.length)} calls within ${String(WINDOW_SECONDS)} s`);
    }
    this.#calls.set(account, [...recent, now]);
    seen.served += 1;
    return prompt.toUpperCase();
  }
}
