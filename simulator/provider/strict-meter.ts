import type { WindowDefinition } from '../../src/limiter/definition/definition';

/** The account that a strict provider keeps of one limit. Knows nothing of the code under test. */
export interface StrictMeter {
  /** Units arrive, no earlier than those before. Says by how much the capacity is exceeded now. */
  arrive(at: number, amount: number): number;
  /** Units that arrived at a moment turn out not to be needed. */
  giveBack(at: number, amount: number, arrivedAt: number): void;
  /** More units count than arrived, as of a moment that may be a little before the last arrival. */
  charge(at: number, amount: number): void;
  /** The capacity from now on. */
  capacity: number;
}

/** The provider's account by the algorithm of the limit. */
export function strictMeter({ algorithm, windowMs, capacity }: WindowDefinition): StrictMeter {
  switch (algorithm) {
    case 'SlidingWindow':
      return new SlidingMeter(windowMs, capacity);
    case 'FixedWindow':
      return new FixedMeter(windowMs, capacity);
    case 'TokenBucket':
    case 'LeakyBucket':
    case 'GCRA':
      return new LevelMeter(windowMs, capacity);
  }
}

/** Keeps every arrival of the last window. */
class SlidingMeter implements StrictMeter {
  readonly #at: number[] = [];
  readonly #amounts: number[] = [];
  #oldest = 0;
  #sum = 0;

  constructor(
    readonly windowMs: number,
    public capacity: number,
  ) {}

  arrive(at: number, amount: number): number {
    this.#at.push(at);
    this.#amounts.push(amount);
    this.#sum += amount;
    while ((this.#at[this.#oldest] ?? Infinity) <= at - this.windowMs) {
      this.#sum -= this.#amounts[this.#oldest] ?? 0;
      this.#oldest += 1;
    }
    if (this.#oldest > 1_000) {
      this.#at.splice(0, this.#oldest);
      this.#amounts.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    return this.#sum - this.capacity;
  }

  giveBack(at: number, amount: number, arrivedAt: number): void {
    let i = this.#at.length - 1;
    // moments of today have few digits after the point
    while (i >= this.#oldest && (this.#at[i] ?? 0) > arrivedAt + 1e-3) i -= 1;
    if (i < this.#oldest || arrivedAt <= at - this.windowMs) return;
    this.#amounts[i] = (this.#amounts[i] ?? 0) - amount;
    this.#sum -= amount;
  }

  charge(at: number, amount: number): void {
    const place = Math.max(this.#oldest, this.#at.findLastIndex((before) => before <= at) + 1);
    this.#at.splice(place, 0, at);
    this.#amounts.splice(place, 0, amount);
    this.#sum += amount;
  }
}

/** Counts anew from each multiple of the window. */
class FixedMeter implements StrictMeter {
  #window = -Infinity;
  #sum = 0;

  constructor(
    readonly windowMs: number,
    public capacity: number,
  ) {}

  arrive(at: number, amount: number): number {
    const window = Math.floor(at / this.windowMs);
    if (window > this.#window) this.#sum = 0;
    this.#window = window;
    this.#sum += amount;
    return this.#sum - this.capacity;
  }

  giveBack(_at: number, amount: number, arrivedAt: number): void {
    if (Math.floor(arrivedAt / this.windowMs) === this.#window) this.#sum -= amount;
  }

  charge(at: number, amount: number): void {
    if (Math.floor(at / this.windowMs) >= this.#window) this.arrive(at, amount);
  }
}

/** A bucket that fills with what arrives and runs out evenly, the capacity in a window. */
class LevelMeter implements StrictMeter {
  #level = 0;
  #last = -Infinity;

  constructor(
    readonly windowMs: number,
    public capacity: number,
  ) {}

  arrive(at: number, amount: number): number {
    this.#level = Math.max(0, this.#level - ((at - this.#last) / this.windowMs) * this.capacity);
    this.#last = at;
    this.#level += amount;
    return this.#level - this.capacity;
  }

  giveBack(at: number, amount: number): void {
    this.arrive(at, 0);
    this.#level = Math.max(0, this.#level - amount);
  }

  charge(at: number, amount: number): void {
    const recovered = (Math.max(0, this.#last - at) / this.windowMs) * this.capacity;
    this.arrive(Math.max(at, this.#last), Math.max(0, amount - recovered));
  }
}
