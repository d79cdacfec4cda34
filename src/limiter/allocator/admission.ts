import type { SetDefinition } from '../definition/definition';
import { rejectionPush, type Push, type PushStatus, type Sync } from '../protocol/wire';

/** Those for whom there is no room come one by one, this far apart, however many they are: each costs two messages. */
const APART_MS = 50;
/** Nobody comes back earlier than this, */
const SOONEST_MS = 5_000;
/** nor later: those who were to come before may have ended long ago. */
const LATEST_MS = 600_000;

/** A push, and the address at which its client hears; an empty one if it asks by query. */
export interface Delivery {
  readonly queue: string;
  readonly push: Push;
}

/** Whom the limiter hears of and keeps no account of: what they are told, and when they may come back. */
export class Admission {
  readonly #answers: Delivery[] = [];

  /** @param appointedUntil When the last of them is to come back. */
  constructor(public appointedUntil = 0) {}

  /** About how many are to come back. */
  expected(now: number): number {
    return Math.max(0, Math.ceil((this.appointedUntil - now - SOONEST_MS) / APART_MS));
  }

  answer(
    { queue, client, seq }: Pick<Sync, 'queue' | 'client' | 'seq'>,
    status: PushStatus,
    definition: SetDefinition,
    now: number,
    detail?: string,
  ): void {
    this.#answers.push({ queue, push: rejectionPush(client, seq, status, definition, now, detail) });
  }

  /** There is no room for this one now: it is told when to ask again, after all who were told so before. */
  turnAway({ queue, client, seq }: Sync, definition: SetDefinition, now: number, detail: string): void {
    const earliest = Math.max(this.appointedUntil, now + SOONEST_MS) + APART_MS;
    this.appointedUntil = Math.min(earliest, now + LATEST_MS);
    const retryAfterMs = this.appointedUntil - now;
    this.#answers.push({
      queue,
      push: { ...rejectionPush(client, seq, 'full', definition, now, detail), retryAfterMs },
    });
  }

  /** What is to be told now. */
  take(): Delivery[] {
    return this.#answers.splice(0);
  }
}
