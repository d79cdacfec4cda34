import type { AnswerWatch, Awaiting, Timer } from '../../acquire/ports';
import { Backoff } from './backoff';
import { judge, type Findings, type Obstacle } from './obstacle';

/** A limiter that runs answers sooner, on a server that keeps up. Unit: milliseconds. */
const FIRST_LOOK_MS = 500;
const NEXT_LOOK_MS = 1_000;
const MOST_BETWEEN_LOOKS_MS = 30_000;
/** The next look comes this many times the duration of the last one later: a slow server is not asked more. */
const SLOW_TIMES = 3;
/** What ends sooner is not worth a line in a log. Unit: milliseconds. */
const SAY_AFTER_MS = 3_000;
/** How long a cause is still given after the last request has left. Unit: milliseconds. */
const STALE_MS = 15_000;

/** Who finds out what is to be known of a limiter that does not answer. */
export interface Scout {
  readonly name: string;
  /** What is known, if anything is; asks the server only if that has taken the messages. */
  findings(): Promise<Omit<Findings, 'hasAnswered'> | undefined>;
}

/**
 * Finds out why a limiter does not answer those that wait for it: after half a second, and then less and less often. Says so in
 * one warning for each cause that lasts, and in one when it is over.
 */
export class ObstacleWatch implements AnswerWatch {
  readonly #backoff: Backoff;
  readonly #said = new Set<Obstacle['cause']>();
  #found: Obstacle | undefined;
  #foundAt = -Infinity;
  #heardAt = -Infinity;
  /** Since when a request has waited, or waits for another cause than before. */
  #since = 0;
  #isLooking = false;
  #cancel: (() => void) | undefined;

  constructor(
    readonly waiting: Awaiting,
    readonly scout: Scout,
    readonly clock: Timer,
    readonly say: (message: string) => void,
    random?: () => number,
  ) {
    this.#backoff = new Backoff(NEXT_LOOK_MS, MOST_BETWEEN_LOOKS_MS, random);
  }

  get obstacle(): string | undefined {
    return this.#current?.detail;
  }

  get isFinal(): boolean {
    return this.#current?.isFinal ?? false;
  }

  wake(): void {
    if (!this.waiting.isWaiting) this.stop();
    else if (this.#cancel === undefined && !this.#isLooking) {
      this.#found = this.#current;
      this.#since = this.clock.now();
      this.#backoff.reset();
      this.#arm(FIRST_LOOK_MS);
    }
  }

  answered(): void {
    this.#heardAt = this.clock.now();
    this.#found = undefined;
    // who still waits is looked after anew
    this.stop();
    this.#over();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** What was found while a request waited, as long as that is not too long ago. */
  get #current(): Obstacle | undefined {
    const isWatched = this.#cancel !== undefined || this.#isLooking;
    return isWatched || this.clock.now() - this.#foundAt < STALE_MS ? this.#found : undefined;
  }

  #arm(delayMs: number): void {
    this.#cancel = this.clock.after(delayMs, () => {
      this.#cancel = undefined;
      if (!this.waiting.isWaiting) return;
      if (this.waiting.lacksAnswer) void this.#look();
      else this.#arm(FIRST_LOOK_MS);
    });
  }

  async #look(): Promise<void> {
    const begun = this.clock.now();
    this.#isLooking = true;
    // an error while looking does not end the wait
    const findings = await this.scout.findings().catch(() => undefined);
    this.#isLooking = false;
    const now = this.clock.now();
    // whatever was found is over if the limiter has answered meanwhile
    const isNews = findings !== undefined && this.#heardAt < begun;
    if (isNews) this.#take(judge({ ...findings, hasAnswered: this.waiting.registered }), now);
    if (this.waiting.isWaiting) this.#arm(this.#backoff.next(SLOW_TIMES * (now - begun)));
  }

  #take(found: Obstacle | undefined, now: number): void {
    // a host that has just started is no limiter that does not answer
    if (this.#found !== undefined && found?.cause !== this.#found.cause) this.#since = now;
    this.#found = found;
    this.#foundAt = now;
    if (found === undefined) {
      this.#over();
      return;
    }
    if (found.isFinal) this.waiting.refuseAsking();
    if (now - this.#since < SAY_AFTER_MS || this.#said.has(found.cause)) return;
    this.#said.add(found.cause);
    this.say(`Acquisitions of ${JSON.stringify(this.scout.name)} wait: ${found.detail}`);
  }

  #over(): void {
    if (this.#said.size === 0) return;
    this.#said.clear();
    this.say(`Acquisitions of ${JSON.stringify(this.scout.name)} continue: its limiter answers again`);
  }
}
