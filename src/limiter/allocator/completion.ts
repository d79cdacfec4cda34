import type { Allocator } from './allocator';

/** Says when a limiter completes: once it has had nothing to remember for so long. */
export class Completion {
  /** When it last had something to remember. */
  #busyAt: number;

  /** @param endsAfterMs How long it runs with nothing to remember. */
  constructor(
    startedAt: number,
    readonly endsAfterMs: number,
  ) {
    this.#busyAt = startedAt;
  }

  /** When it completes as things stand; `Infinity` if that cannot be foreseen. To be called after each hand-out. */
  endsAt(allocator: Allocator, now: number): number {
    const quietAt = allocator.quietAt(now);
    if (quietAt === Infinity) this.#busyAt = now;
    return Math.max(quietAt, this.#busyAt + this.endsAfterMs);
  }
}
