import type { Timer } from '../ports';

/** When a limiter that has no room for another client may be asked again. Until then, silence is what keeps it going. */
export class AdmissionRetry {
  #cancel: (() => void) | undefined;
  #reason: string | undefined;

  constructor(readonly clock: Timer) {}

  /** Whether that moment is still to come. */
  get isPending(): boolean {
    return this.#cancel !== undefined;
  }

  /** Why nothing is granted, if that is for want of room. */
  readonly reason = (): string | undefined => this.#reason;

  /** Calls back when the time has come. */
  make(afterMs: number, reason: string, onCome: () => void): void {
    this.#cancel?.();
    this.#reason = reason;
    this.#cancel = this.clock.after(afterMs, () => {
      this.#cancel = undefined;
      onCome();
    });
  }

  /** There is room now, or no request waits for any. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#reason = undefined;
  }
}
