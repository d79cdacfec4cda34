import type { SetDefinition } from '../definition/definition';
import { rejectionPush, type Push, type PushStatus, type Sync } from '../protocol/wire';

/** Those for whom there is no room come one by one, this far apart, however many they are: each costs two messages. */
const APART_MS = 50;
/** A client that was turned away asks again no earlier than this, */
const SOONEST_MS = 5_000;
/** and no later than this: the clients before it may have ended long ago. */
const LATEST_MS = 600_000;

/** Whom an answer goes to, and which message of its it answers. */
type Addressee = Pick<Sync, 'queue' | 'client' | 'seq'>;

/** A push, and the address at which its client hears; an empty one if it asks by query. */
export interface Delivery {
  readonly queue: string;
  readonly push: Push;
}

/** Answers clients of which the limiter keeps no account, and spreads out when those may ask again for whom there is no room. */
export class Admission {
  readonly #answers: Delivery[] = [];

  /** @param lastRetryAt When the last of them is to ask again. */
  constructor(public lastRetryAt = 0) {}

  /** About how many are still to ask again. */
  expected(now: number): number {
    return Math.max(0, Math.ceil((this.lastRetryAt - now - SOONEST_MS) / APART_MS));
  }

  answer(
    { queue, client, seq }: Addressee,
    status: PushStatus,
    definition: SetDefinition,
    now: number,
    detail?: string,
  ): void {
    this.#answers.push({ queue, push: rejectionPush(client, seq, status, definition, now, detail) });
  }

  /** There is no room for this one now: it may ask again after all who were turned away before. */
  turnAway({ queue, client, seq }: Addressee, definition: SetDefinition, now: number, detail: string): void {
    const earliest = Math.max(this.lastRetryAt, now + SOONEST_MS) + APART_MS;
    this.lastRetryAt = Math.min(earliest, now + LATEST_MS);
    const retryAfterMs = this.lastRetryAt - now;
    this.#answers.push({
      queue,
      push: { ...rejectionPush(client, seq, 'full', definition, now, detail), retryAfterMs },
    });
  }

  /** The answers that are to be sent now. */
  take(): Delivery[] {
    return this.#answers.splice(0);
  }
}
