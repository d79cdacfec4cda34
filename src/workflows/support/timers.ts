import type { Timer } from '../../acquire/ports';
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** The longest timer set at once; a longer one checks the time when it fires. */
const LONGEST_MS = 1e11;

/**
 * Time in a workflow: that of the server, as of the workflow task. Its timers outlive the cancellation of whatever scope
 * asked for them, because what they end is cancelled by itself.
 */
export const runTimer: Timer = {
  now: () => Date.now(),
  after(delayMs, action) {
    let scope: CancellationScope | undefined;
    void CancellationScope.nonCancellable(async () => {
      scope = new CancellationScope();
      await scope
        .run(() => sleep(Math.min(LONGEST_MS, Math.max(1, Math.ceil(delayMs)))))
        .then(action)
        .catch((error: unknown) => {
          if (!isCancellation(error)) throw error;
        });
    });
    return () => scope?.cancel();
  },
};

/**
 * One timer at a time, and as few as possible: each costs events. A timer that runs is kept unless the moment asked for
 * is earlier.
 */
export class WakeTimer {
  readonly #sleep: (ms: number) => Promise<void>;
  #at = Infinity;
  #scope: CancellationScope | undefined;
  /** Whether the moment has come since it was last looked at. */
  hasFired = false;

  /** @param sleepFor How it sleeps. The outcome of a sleep that is no longer wanted is ignored. @default by a timer of the server */
  constructor(sleepFor: (ms: number) => Promise<void> = sleep) {
    this.#sleep = sleepFor;
  }

  /** When it rings; `Infinity` while it is not set. */
  get at(): number {
    return this.#at;
  }

  /** Rings at this moment at the latest; `Infinity` asks for nothing. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#scope?.cancel();
    const scope = new CancellationScope();
    this.#at = at;
    this.#scope = scope;
    scope
      .run(() => this.#sleep(Math.max(1, Math.ceil(at - Date.now()))))
      .then(() => {
        if (this.#scope === scope) this.#fire();
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** Rings no more, unless it is set again. */
  stop(): void {
    this.#scope?.cancel();
    this.#at = Infinity;
    this.#scope = undefined;
  }

  #fire(): void {
    this.#at = Infinity;
    this.#scope = undefined;
    this.hasFired = true;
  }
}

/**
 * Whether an event, which never fails, happens within a time. The timer is gone afterwards. A cancellation of the
 * workflow does not end it: that reaches the tasks, and through them those that await them.
 */
export async function happensWithin(event: Promise<void>, timeoutMs: number): Promise<boolean> {
  if (timeoutMs === Infinity) return event.then(() => true);
  const timer = new CancellationScope({ cancellable: true, parent: new CancellationScope({ cancellable: false }) });
  try {
    return await Promise.race([event.then(() => true), timer.run(() => sleep(timeoutMs)).then(() => false)]);
  } finally {
    timer.cancel();
  }
}
