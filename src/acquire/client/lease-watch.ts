import type { Timer } from '../ports';

/** What runs out unless it is renewed. */
export interface Expiring {
  /** Moves on with each renewal. Unit: milliseconds of the clock. */
  readonly validUntil: number;
  loseLease(): void;
}

/** Notices in time that a lease has run out, also while a sync is under way that will not come back. */
export class LeaseWatch {
  #cancel: (() => void) | undefined;

  constructor(
    readonly clock: Timer,
    readonly lease: Expiring,
  ) {}

  /** Begins or ends to watch. The timer of a watch that continues stays. */
  keep(isNeeded: boolean): void {
    if (isNeeded) this.#cancel ??= this.#arm();
    else {
      this.#cancel?.();
      this.#cancel = undefined;
    }
  }

  #arm(): () => void {
    return this.clock.after(Math.max(0, this.lease.validUntil - this.clock.now()), () => {
      this.#cancel = undefined;
      if (this.clock.now() >= this.lease.validUntil) this.lease.loseLease();
      else this.#cancel = this.#arm();
    });
  }
}
