import type { Timer } from '../ports';

/** When a limiter that has no room for another client may be asked again. Until then, silence is what keeps it going. */
export class AdmissionRetry {
  #until = -Infinity;
  #reason: string | undefined;
  #cancel: (() => void) | undefined;

  /** @param onCome Called when the time has come, if anybody waits for it. */
  constructor(
    readonly clock: Timer,
    readonly onCome: () => void,
  ) {}

  /** Whether that moment is still to come. */
  get isPending(): boolean {
    // every release asks
    return this.#until > -Infinity && this.clock.now() < this.#until;
  }

  /** Why nothing is granted, if that is for want of room. */
  readonly reason = (): string | undefined => this.#reason;

  make(afterMs: number, reason: string): void {
    this.end();
    this.#until = this.clock.now() + afterMs;
    this.#reason = reason;
  }

  /** Keeps a timer while a request waits for the moment: without one, it would only keep the process from ending. */
  keep(isAwaited: boolean): void {
    const isPending = isAwaited && this.isPending;
    if (isPending === (this.#cancel !== undefined)) return;
    this.#stop();
    if (!isPending) return;
    this.#cancel = this.clock.after(this.#until - this.clock.now(), () => {
      this.#cancel = undefined;
      // a timer may come early
      this.#until = -Infinity;
      this.onCome();
    });
  }

  /** There is room now, or nothing is asked for any more. */
  end(): void {
    this.#stop();
    this.#until = -Infinity;
    this.#reason = undefined;
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
