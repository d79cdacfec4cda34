import { amountText } from './amount-text';
import { durationText } from './duration-text';
import { LimitsError } from './limits-error';

/** One limit that an acquisition was still waiting for. */
export interface WaitedFor {
  /** The key of the limit. */
  readonly limit: string;
  /** The amount that it needed of that limit. */
  readonly needed: number;
  /** The capacity of that limit, as defined. */
  readonly capacity: number;
  /** What was free of that limit. In Temporal mode, what this process was granted and did not use. */
  readonly free: number;
  /** How many requests were ahead of it for that limit; counted up to 1,000. */
  readonly ahead: number;
  /** When it was expected to be served, if that could be foreseen. Unit: milliseconds after the timeout. */
  readonly expectedInMs: number | undefined;
  /** Why less of that limit counts than is defined, because of the provider's answers. Absent otherwise. */
  readonly whyLess?: string;
}

/**
 * No capacity became free within the timeout. Nothing was acquired.
 *
 * @example
 * try {
 *   await limits.use({ timeout: '5s' }, callTheProvider);
 * } catch (error) {
 *   if (!(error instanceof AcquireTimeoutError)) throw error;
 *   console.log(`${error.limit} has no room; expected in ${error.expectedInMs} ms`);
 * }
 */
export class AcquireTimeoutError extends LimitsError {
  override readonly name = 'AcquireTimeoutError';
  /** The key of the limit that it would have waited for longest. */
  readonly limit: string | undefined;
  /** The amount that it needed of that limit. */
  readonly needed: number | undefined;
  /** The capacity of that limit, as defined. */
  readonly capacity: number | undefined;
  /** What was free of that limit. In Temporal mode, what this process was granted and did not use. */
  readonly free: number | undefined;
  /** How many requests were ahead of it for that limit; counted up to 1,000. */
  readonly ahead: number | undefined;
  /** When it was expected to be served, if that could be foreseen. Unit: milliseconds after the timeout. */
  readonly expectedInMs: number | undefined;
  /** The other limits that had no room for it. */
  readonly others: readonly WaitedFor[];
  /** What prevented the acquisition, apart from others that had the capacity. */
  readonly obstacle: string | undefined;
  readonly #because: readonly [obstacle: string | undefined, waitedFor: readonly WaitedFor[]];

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How long the acquisition waited. Unit: milliseconds. */
    readonly timeoutMs: number,
    obstacle?: string,
    /** From the limit that it would have waited for longest. */
    waitedFor: readonly WaitedFor[] = [],
    /** What helps, as a sentence. */
    advice?: string,
  ) {
    const why = obstacle ?? (waitedFor.length === 0 ? undefined : `it needed ${lackText(waitedFor, 'was')}`);
    const because = why === undefined ? '' : `: ${why}`;
    super(
      `No capacity in "${limitSet}" within ${String(timeoutMs)} ms${because}${advice === undefined ? '' : `. ${advice}`}`,
    );
    const [longest, ...others] = waitedFor;
    this.limit = longest?.limit;
    this.needed = longest?.needed;
    this.capacity = longest?.capacity;
    this.free = longest?.free;
    this.ahead = longest?.ahead;
    this.expectedInMs = longest?.expectedInMs;
    this.others = others;
    this.obstacle = obstacle ?? whyLess(waitedFor);
    this.#because = [obstacle, waitedFor];
  }

  /** The same for a wait of which this one was the last part. */
  within(timeoutMs: number, advice?: string): AcquireTimeoutError {
    return new AcquireTimeoutError(this.limitSet, timeoutMs, ...this.#because, advice);
  }
}

/** What is needed of each of these limits, what is free, and why less of them counts than is defined. */
export function lackText(limits: readonly WaitedFor[], isOrWas: 'is' | 'was'): string {
  const each = limits.map(({ limit, needed, capacity, free, ahead, expectedInMs }) => {
    const others = ahead === 0 ? '' : `, behind ${String(ahead)} ${ahead === 1 ? 'other' : 'others'}`;
    const when = expectedInMs === undefined ? '' : `, expected in ${spanText(expectedInMs)}`;
    const needs = `${amountText(needed)} of "${limit}" (capacity ${amountText(capacity)})`;
    return `${needs}, where ${amountText(free)} ${isOrWas} free${others}${when}`;
  });
  const less = whyLess(limits);
  return `${each.join('; and ')}${less === undefined ? '' : `; ${less}`}`;
}

/** Why less of these limits counts than is defined, each reason once. */
export function whyLess(limits: readonly WaitedFor[]): string | undefined {
  const reasons = new Set(limits.flatMap((limit) => limit.whyLess ?? []));
  return reasons.size === 0 ? undefined : [...reasons].join('; ');
}

/** In milliseconds up to ten seconds, then as `1 min 5 s`. */
function spanText(ms: number): string {
  return ms < 10_000 ? `${String(Math.ceil(ms))} ms` : durationText(Math.ceil(ms / 1_000));
}

/**
 * The queue of the set in this process is full: `maxWaiting` acquisitions already wait. Nothing was acquired.
 *
 * @example
 * const busy = new LimitSet({ limits: [new CallLimit({ windowSeconds: 60, capacity: 500 })], maxWaiting: 100 });
 * try {
 *   await busy.use({}, callTheProvider);
 * } catch (error) {
 *   if (!(error instanceof QueueFullError)) throw error;
 *   console.log(`${error.maxWaiting} wait already: refuse, rather than wait`);
 * }
 */
export class QueueFullError extends LimitsError {
  override readonly name = 'QueueFullError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How many may wait. */
    readonly maxWaiting: number,
  ) {
    super(
      `${String(maxWaiting)} acquisitions of "${limitSet}" already wait, which is the most that its maxWaiting allows`,
    );
  }
}

/**
 * A nested acquire can never succeed, because a surrounding acquisition holds the permits that it needs.
 *
 * @example
 * const one = new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
 * await one.use({}, async () => {
 *   await one.acquire({ requested: { connections: 1 } }); // throws: it would wait for the one that is held around it
 * });
 */
export class NestedAcquireError extends LimitsError {
  override readonly name = 'NestedAcquireError';

  constructor(
    /** The resource limit. */
    readonly key: string,
    /** The requested amount. */
    readonly amount: number,
    /** What the surrounding acquisitions hold. */
    readonly held: number,
    /** The capacity of the limit. */
    readonly capacity: number,
  ) {
    super(
      `Requested ${String(amount)} of "${key}" while the surrounding acquisitions hold ${String(held)} of ${String(capacity)}: it would wait for itself forever`,
    );
  }
}
