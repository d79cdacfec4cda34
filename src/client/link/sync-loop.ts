import { Backoff } from './backoff';
import type { Clock, SyncFlow, SyncSource } from '../../acquire/ports';
import type { Push } from '../../limiter/protocol/wire';
import type { ProcessLink } from './push-registry';

/**
 * How often the answer to a sync is read where no request waits for it: the limiter counts what it may have granted as
 * held, and in the end as used, until it knows which answer has been read.
 */
const POLLS_FOR_NOBODY = 5;
/** How often that may fail: a limiter that is busy refuses queries for seconds. */
const FAILURES_FOR_NOBODY = 100;

/**
 * A failed call is repeated after this many times its duration, up to a maximum: a server that was slow to refuse it is
 * busy with the same workflow, and more calls would make it busier.
 */
const BUSY_TIMES = 3;
const MOST_BUSY_MS = 5_000;

/**
 * Sends one client's syncs: one in flight at most, each tried until it is certain to have arrived, because what it told
 * is not told again. Asks for the answer where none is pushed.
 */
export class SyncLoop implements SyncFlow {
  readonly #backoff: Backoff;
  readonly #pollBackoff: Backoff;
  #isSending = false;
  /** When a sync that failed is to be tried again. */
  #retryAt: number | undefined;
  /** When the timer goes off, if there is one. */
  #timerAt = Infinity;
  #cancelTimer: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;
  #pollsForNobody = 0;
  #failuresForNobody = 0;
  #stopped = false;

  constructor(
    readonly source: SyncSource,
    readonly link: ProcessLink,
    readonly clock: Clock,
    random?: () => number,
  ) {
    this.#backoff = new Backoff(20, 2_000, random);
    this.#pollBackoff = new Backoff(10, 250, random);
  }

  /** To be called whenever there may be something new to say. */
  wake(): void {
    if (this.#isSending || this.#stopped) return;
    const now = this.clock.now();
    const at = this.#retryAt ?? this.source.dueAt(now);
    // every release comes by here: one that is due no earlier than the timer must not cost a timer of its own
    if (now < at && at < Infinity && this.#timerAt <= at) return;
    this.#cancel();
    if (at <= now) void this.#send();
    else if (at < Infinity) {
      this.#timerAt = at;
      this.#cancelTimer = this.clock.after(at - now, () => {
        this.#timerAt = Infinity;
        this.wake();
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#cancelPoll?.();
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAt = Infinity;
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    const begun = this.clock.now();
    try {
      // whatever it throws: a loop that ended here would leave those who wait to themselves
      const sync = this.source.compose();
      await this.link.send(sync);
      this.#backoff.reset();
      this.#retryAt = undefined;
      this.source.delivered(sync, this.clock.now() - begun);
    } catch {
      const now = this.clock.now();
      this.#retryAt = now + this.#backoff.next(Math.min(BUSY_TIMES * (now - begun), MOST_BUSY_MS));
    }
    this.#isSending = false;
    this.wake();
    if (this.#retryAt === undefined && this.link.queue === '') {
      this.#pollBackoff.reset();
      this.#pollsForNobody = POLLS_FOR_NOBODY;
      this.#failuresForNobody = FAILURES_FOR_NOBODY;
      this.#pollLater();
    }
  }

  /** @param tookMs what the last answer took */
  #pollLater(tookMs = 0): void {
    this.#cancelPoll?.();
    if (this.#stopped || this.link.queue !== '') return;
    if (!this.source.isWaiting && (this.#pollsForNobody <= 0 || this.#failuresForNobody <= 0)) return;
    this.#cancelPoll = this.clock.after(this.#pollBackoff.next(tookMs), () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const begun = this.clock.now();
    const push = await this.#ask();
    if (push !== undefined) this.source.take(push);
    this.wake();
    this.#pollLater(this.clock.now() - begun);
  }

  async #ask(): Promise<Push | undefined> {
    const { isWaiting } = this.source;
    try {
      const push = await this.link.ask(this.source.id);
      if (!isWaiting) this.#pollsForNobody -= 1;
      return push;
    } catch {
      if (!isWaiting) this.#failuresForNobody -= 1;
      return undefined;
    }
  }
}
