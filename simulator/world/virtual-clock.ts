import type { Clock } from '../../src/acquire/ports';

/** The clock of server, limiter and providers reads so much when the world begins. Unit: milliseconds. */
export const EPOCH = 1_700_000_000_000;

interface Timer {
  readonly at: number;
  /** Timers of the same moment run in the order in which they were armed. */
  readonly order: number;
  action: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** The time of a simulated world: it moves from timer to timer, and whatever one sets going comes to rest before the next. */
export class VirtualClock implements Clock {
  /** Timers that have run. */
  events = 0;
  #now = 0;
  #order = 0;
  #isStopped = false;
  readonly #heap: Timer[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order, action };
    this.#push(timer);
    return () => {
      timer.action = undefined;
    };
  }

  turn(action: () => void): void {
    this.after(0, action);
  }

  /** Resolves when so much time has passed. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Lets no more timer run. */
  stop(): void {
    this.#isStopped = true;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  async runUntil(end: number): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      if (this.#isStopped) return;
      this.#pop();
      if (next.action === undefined) continue;
      this.#now = next.at;
      this.events += 1;
      next.action();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(timer);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

/** Lets every promise that can settle do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
