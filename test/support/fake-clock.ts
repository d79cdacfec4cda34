import type { Clock } from '../../src/acquire/ports';

/** A clock driven by hand: time stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ at: number; action: () => void }>();

  constructor(now = 0) {
    this.#now = now;
  }

  /** Timers that are armed. */
  get armed(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  turn(action: () => void): void {
    queueMicrotask(action);
  }

  /** Sets the time without running a timer, backwards too. */
  set(now: number): void {
    this.#now = now;
  }

  /** Moves on to `now`, stopping at each timer on the way, and lets what it set going come to rest. */
  async runUntil(now: number): Promise<void> {
    await settled();
    while ((this.nextTimer() ?? Infinity) <= now) await this.runNext();
    this.#now = Math.max(this.#now, now);
    await settled();
  }

  /** {@link runUntil}, from now on. */
  async advance(byMs: number): Promise<void> {
    await this.runUntil(this.#now + byMs);
  }

  /** When the next timer is due. */
  nextTimer(): number | undefined {
    return [...this.#timers].map(({ at }) => at).sort((a, b) => a - b)[0];
  }

  /** Moves on to the next timer and runs it, `earlyMs` before it is due, as real timers may be. */
  async runNext(earlyMs = 0): Promise<void> {
    const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (next === undefined) throw new Error('No timer is armed: what waits would wait for ever');
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at - earlyMs);
    next.action();
    await settled();
  }
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
