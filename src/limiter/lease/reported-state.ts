import { at, ROUNDING, sum, zeros, type Vector } from '../vector/vector';
import { signatureOf, type Shortage } from '../waiting/signature-queues';
import type { Demand } from './demand';
import type { LotPool } from './lot-pool';
import type { PermitHoldings } from './permit-holdings';

/**
 * When a client should write to its limiter: at once, because a request waits for it; in a moment, because what comes
 * back may be what a request waits for; soon, because something lies idle; some time, because what was used has to be
 * known before it counts no more; or only to be remembered.
 */
export type SyncUrgency = 'urgent' | 'awaited' | 'soon' | 'later' | 'none';

/** What was last reported to the limiter, so that it hears again when that is used up, and not before. */
export class ReportedState {
  /** Whether the limiter would have granted more, had it known of more free permits. */
  #more = false;
  /** How many waited. */
  waiting = 0;
  /** Units that were reported to be waited for and have not been started. */
  #units: number[];
  /** Permits that could have been in use at once. */
  #permits: number[];
  /** How many of each reported signature have not passed since; undefined if there were too many to report all. */
  #waitingBySignature: Map<number, number> | undefined = new Map();
  /** Units left at which the limiter wants to hear how far the client has got; below 0 if it does not. */
  readonly #mark: number[];

  constructor(readonly isResource: readonly boolean[]) {
    this.#units = zeros(isResource.length);
    this.#permits = zeros(isResource.length);
    this.#mark = isResource.map(() => -1);
  }

  /** The limiter hears that this much waits, and that much is in use. */
  report({ entries, totals, waiting, complete }: Demand, inUse: Vector): void {
    this.waiting = waiting;
    this.#waitingBySignature = complete ? new Map() : undefined;
    for (const { count, amounts } of entries) {
      const signature = signatureOf(amounts);
      this.#waitingBySignature?.set(signature, count + (this.#waitingBySignature.get(signature) ?? 0));
    }
    this.#units = [...totals];
    this.#permits = sum(totals, inUse);
    this.#mark.fill(-1);
  }

  /** One of a signature has passed. */
  passed(signature: number): void {
    const count = this.#waitingBySignature?.get(signature);
    if (count !== undefined && count > 0) this.#waitingBySignature?.set(signature, count - 1);
  }

  started(index: number, amount: number): void {
    this.#units[index] = Math.max(0, at(this.#units, index) - amount);
  }

  /** The limiter has answered; with `more`, it grants more as soon as half of the units are reported as used. */
  answered(more: boolean, lots: LotPool): void {
    this.#more = more;
    this.#mark.forEach((_, i) => (this.#mark[i] = more && lots.total(i) > 0 ? lots.total(i) / 2 : -1));
  }

  /** Whether those who wait now get no further unless the limiter hears of them. */
  isOutdated(lots: LotPool, permits: PermitHoldings, shortages: readonly Shortage[]): boolean {
    const { cap } = permits;
    let [isUnknown, lacksPermits, lacksUnits] = [false, false, false];
    for (const { signature, lacking } of shortages) {
      isUnknown ||= !this.#knows(signature, lacking);
      this.isResource.forEach((isResource, i) => {
        if ((lacking & (1 << i)) === 0) return;
        if (isResource) lacksPermits = true;
        else lacksUnits = true;
        // all that the limiter knows of has been served: of the others it has to hear
        isUnknown ||= isResource
          ? at(this.#permits, i) <= at(cap, i)
          : at(this.#units, i) <= lots.total(i) * (1 + ROUNDING);
      });
    }
    const isHeldUp = permits.hasFreed && (lacksPermits || (lacksUnits && this.#more));
    return isUnknown || isHeldUp || this.#mark.some((mark, i) => lots.total(i) < mark);
  }

  /**
   * Whether the limiter knows of a head with this signature that lacks something. Units are granted to each request, so
   * it must know of this one. Permits go from one request of the process to the next, so one report serves them all.
   */
  #knows(signature: number, lacking: number): boolean {
    if (this.#waitingBySignature === undefined) return true;
    const waiting = this.#waitingBySignature.get(signature);
    const lacksUnits = this.isResource.some((isResource, i) => !isResource && (lacking & (1 << i)) !== 0);
    return waiting !== undefined && (waiting > 0 || !lacksUnits);
  }
}
