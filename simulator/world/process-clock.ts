import type { Clock } from '../../src/acquire/ports';

/** The clock of one process in that world: set wrongly, running a little too fast or slow, with timers like Node's. */
export class ProcessClock implements Clock {
  /** Nothing of the process runs before this moment of the world. */
  #pausedUntil = -Infinity;
  #dead = false;
  /** What is to run at the end of this turn. */
  readonly #turn: (() => void)[] = [];

  constructor(
    readonly world: Clock,
    readonly offsetMs: number,
    readonly drift: number,
    /** How long a turn takes each time. Unit: milliseconds of the world. */
    readonly turnMs: () => number,
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
    this.endOfTurn(() => this.execute(action));
  }

  /** Runs something at the end of this turn, even if the process stands still then: it has been handed over before. */
  endOfTurn(action: () => void): void {
    this.#turn.push(action);
    if (this.#turn.length > 1) return;
    this.world.after(this.turnMs(), () => {
      // what asks for a turn now gets the next
      for (const ends of this.#turn.splice(0)) if (!this.#dead) ends();
    });
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
