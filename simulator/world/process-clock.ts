import type { Clock } from '../../src/acquire/ports';

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
      this.execute(() => {
        if (!isCancelled) action();
      }),
    );
    return () => {
      isCancelled = true;
    };
  }

  turn(action: () => void): void {
    this.world.after(0, () => this.execute(action));
  }

  /** Runs something in this process, once it runs at all. */
  execute(action: () => void): void {
    if (this.#dead) return;
    const pauseMs = this.#pausedUntil - this.world.now();
    if (pauseMs > 0) this.world.after(pauseMs, () => this.execute(action));
    else action();
  }

  get isRunning(): boolean {
    return !this.#dead && this.#pausedUntil <= this.world.now();
  }

  pause(forMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.world.now() + forMs);
  }

  kill(): void {
    this.#dead = true;
  }
}
