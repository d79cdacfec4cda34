import type { Allocator } from '../../src/limiter/allocator/allocator';
import type { Sync } from '../../src/limiter/protocol/wire';

/** Called with what a limiter has been told was used of a limit above requests, and with what it had promised then. */
export type Charged = (key: string, amount: number, held: number) => void;

/** What clients have told their limiter that they used above their requests. */
export class ToldOverage {
  readonly #totals = new Map<string, readonly number[]>();

  constructor(readonly charged: Charged) {}

  /** Has the limiter read a message. */
  read(message: unknown, allocator: Allocator, now: number): void {
    const before = isReport(message) ? (this.#totals.get(message.client) ?? []) : [];
    if (!isReport(message) || !message.excess.some((total, i) => total > (before[i] ?? 0))) {
      allocator.receive(message, now);
      return;
    }
    const { client, seq, excess, version, ends = false, fence } = message;
    const heardBefore = heardOf(allocator, client);
    allocator.receive(message, now);
    const { definition, ledger } = allocator.snapshot();
    const isLast = ends && (heardBefore ?? (fence === 0 ? 0 : Infinity)) < seq;
    const isRead = isLast || (heardBefore !== seq && heardOf(allocator, client) === seq);
    if (version !== definition.version || !isRead) return;
    this.#totals.set(client, excess);
    definition.limits.forEach((limit, i) => {
      const amount = (excess[i] ?? 0) - (before[i] ?? 0);
      if (amount > 0) this.charged(limit.key, amount, ledger[i]?.held ?? 0);
    });
  }
}

/** Whether it is a sync, or at least nearly one. */
function isReport(message: unknown): message is Sync {
  return Array.isArray((message as Partial<Sync> | null | undefined)?.excess);
}

/** The number of the newest message that a limiter has read of a client. */
function heardOf(allocator: Allocator, client: string): number | undefined {
  return allocator.snapshot().clients.find(({ id }) => id === client)?.channel.seq;
}
