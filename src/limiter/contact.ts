import { ClockEstimate } from './clock-estimate';
import type { Push } from './wire';

/** Syncs without an answer whose moment is remembered. */
const MAX_SENT = 64;

/** What the messages between a client and its limiter tell of time: where the limiter's clock stands, and how long ago it heard. */
export class Contact {
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
