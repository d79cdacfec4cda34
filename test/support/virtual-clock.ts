import type { Clock } from '../../src/acquire/clock';
import { settled } from './fake-clock';

interface Timer {
  readonly at: number;
  /** Timers of the same moment run in the order in which they were armed. */
  readonly order: number;
  action: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** The time of a simulated world: it moves from timer to timer, and whatever one sets going comes to rest before the next. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
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

  async runUntil(end: number): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      if (next.action === undefined) continue;
      this.#now = next.at;
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

/** The clock of one process in that world: set wrongly, running a little too fast or slow, with timers like Node's. */
export class ProcessClock implements Clock {
  /** Nothing of the process runs before this moment of the world. */
  #pausedUntil = -Infinity;
  #dead = false;

  constructor(
    readonly world: Clock,
    readonly offsetMs: number,
    readonly drift: number,
  ) {}

  now(): number {
    return this.offsetMs + this.world.now() * (1 + this.drift);
  }

  after(delayMs: number, action: () => void): () => void {
    let isCancelled = false;
    // whole milliseconds, rounded down, and at least one: a timer may come early
    const worldMs = Math.max(1, Math.floor(delayMs)) / (1 + this.drift);
    this.world.after(worldMs, () =>
      this.run(() => {
        if (!isCancelled) action();
      }),
    );
    return () => {
      isCancelled = true;
    };
  }

  turn(action: () => void): void {
    this.world.after(0, () => this.run(action));
  }

  /** Runs something in this process, once it runs at all. */
  run(action: () => void): void {
    if (this.#dead) return;
    const pauseMs = this.#pausedUntil - this.world.now();
    if (pauseMs > 0) this.world.after(pauseMs, () => this.run(action));
    else action();
  }

  get isRunning(): boolean {
    return !this.#dead && this.#pausedUntil <= this.world.now();
  }

  pause(forMs: number): void {
    this.#pausedUntil = this.world.now() + forMs;
  }

  kill(): void {
    this.#dead = true;
  }
}
