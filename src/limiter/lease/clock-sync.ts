import type { Push } from '../protocol/wire';

/** How fast two clocks may drift apart. Unit: milliseconds per millisecond. */
const DRIFT = 1e-4;

/** Where the limiter's clock stands at a moment of one's own: infinite while nothing is known. */
export interface LimiterClock {
  /** It is at least there. */
  earliest(moment: number): number;
  /** It is at most there. */
  latest(moment: number): number;
}

/** From now on, the earliest moment of one's own clock that is certainly not before one on the limiter's. */
export function onOwnClock(moment: number, now: number, clock: LimiterClock): number {
  const ahead = moment - clock.earliest(now);
  return ahead > 0 ? now + ahead : now;
}

/** Where the limiter's clock stands, as far as messages tell. Source: F. Cristian, "Probabilistic clock synchronization", 1989. */
export class ClockEstimate implements LimiterClock {
  #lower = -Infinity;
  #lowerAt = 0;
  #upper = Infinity;
  #upperAt = 0;

  /** Whether anything is known. */
  get known(): boolean {
    return Number.isFinite(this.#lower) && Number.isFinite(this.#upper);
  }

  /** Something written at `limiterTime` has arrived at `now`: the limiter's clock is at least there. */
  received(limiterTime: number, now: number): void {
    const offset = limiterTime - now;
    if (offset < this.earliest(now) - now) return;
    this.#lower = offset;
    this.#lowerAt = now;
  }

  /** Something sent at `sentAt` was read at `limiterTime`: the limiter's clock was at most there. */
  answered(limiterTime: number, sentAt: number): void {
    const offset = limiterTime - sentAt;
    if (offset > this.latest(sentAt) - sentAt) return;
    this.#upper = offset;
    this.#upperAt = sentAt;
  }

  earliest(now: number): number {
    return now + this.#lower - Math.abs(now - this.#lowerAt) * DRIFT;
  }

  latest(now: number): number {
    return now + this.#upper + Math.abs(now - this.#upperAt) * DRIFT;
  }
}

/** Syncs without an answer whose moment is remembered. */
const MAX_SENT = 64;

/** What the messages between a client and its limiter tell of time: where the limiter's clock stands, and how long ago it heard. */
export class ClockSync {
  readonly clock = new ClockEstimate();
  /** When the newest sync that is known to have arrived was sent. */
  renewedAt = -Infinity;
  readonly #sentAt = new Map<number, number>();

  sent(seq: number, now: number): void {
    this.#sentAt.set(seq, now);
    this.#sentAt.delete(seq - MAX_SENT);
  }

  heard(push: Push, now: number): void {
    this.clock.received(push.now, now);
    const sentAt = this.#sentAt.get(push.ack);
    if (sentAt !== undefined) this.clock.answered(push.ackAt, sentAt);
    this.delivered(push.ack);
  }

  /** A sync is known to have arrived, or to be stored where the limiter will read it before it gives anything away. */
  delivered(seq: number): void {
    this.renewedAt = Math.max(this.renewedAt, this.#sentAt.get(seq) ?? -Infinity);
  }
}
