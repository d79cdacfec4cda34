import { type LimitSet } from '../../client/sets/limit-set';

/** Shorter pauses are waited out where an item is. Unit: milliseconds. */
const SHORT_PAUSE_MS = 5_000;
/** So often it is looked whether those who wait do so in vain. Unit: milliseconds. */
const LOOK_EVERY_MS = 250;

/** The type of failure of an item that its set does not serve, for a reason that is not the item's: why is in its details. */
export const NOT_SERVED = 'NotServed';

/** The set's provider serves no request at present, and has not been asked. */
export class NotServedError extends Error {
  override readonly name = NOT_SERVED;
}

/** Ends the waits for a set that is not served for longer: its items may be done elsewhere. */
export class ServedWatch {
  #waiting = 0;
  /** Ends the waits that have begun since the last time. */
  #unserved = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly limits: Pick<LimitSet, 'suspension'>) {}

  /** Whether no request is served for longer than a moment. */
  get isAside(): boolean {
    const { suspension } = this.limits;
    return suspension !== undefined && (suspension.kind === 'CIRCUIT' || suspension.ms >= SHORT_PAUSE_MS);
  }

  /**
   * Runs the body with a signal that aborts once no request is served.
   *
   * @throws NotServedError at once, if that is so already
   */
  async whileServed<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.isAside) throw new NotServedError('its provider does not serve');
    this.#waiting += 1;
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    try {
      return await body(this.#unserved.signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  #look(): void {
    if (!this.isAside) return;
    this.#unserved.abort(new NotServedError('its provider does not serve'));
    this.#unserved = new AbortController();
  }
}
