import { checkPriority, type AcquireOptions } from '../../acquire/set/acquire-options';
import type { Acquisition } from '../../acquire/set/acquisition';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { describeValue } from '../../limiter/errors/describe-value';
import { LimitsError } from '../../limiter/errors/limits-error';
import type { Amounts } from '../../limiter/request/request';
import { showsNothingWasSent } from '../../limiter/retry/error-chain';
import { watchedBody } from './watched-body';

type Fetch = typeof globalThis.fetch;

/** What `limitedFetch` acquires from: a set, a pool, or an activity's limits. */
export interface FetchLimits {
  /** As `LimitSet.acquire` and `LimitPool.acquire`. */
  acquire(options: AcquireOptions): Promise<Acquisition<object>>;
}

/** Options of {@link limitedFetch}. */
export interface LimitedFetchOptions {
  /** What a call needs, from the arguments of `fetch`. @default 1 of each call and resource limit */
  readonly requested?: ((...call: Parameters<Fetch>) => Amounts) | undefined;
  /**
   * What a call used, from the whole body of a successful answer. For a stream, that is the text of all its events. The
   * body is kept in memory for this. @default the full request
   */
  readonly usage?: ((body: string) => Amounts) | undefined;
  /** Longest wait for the limits. @default no limit */
  readonly timeout?: Duration | undefined;
  /** Higher priorities are served first. @default 0 */
  readonly priority?: number | undefined;
  /** The `fetch` that makes the calls. @default the global `fetch` at the time of the call */
  readonly fetch?: Fetch | undefined;
}

const OPTIONS = new Set(['requested', 'usage', 'timeout', 'priority', 'fetch']);

/** Headers by which clients say how often they have tried before. */
const RETRY_COUNTS = ['x-stainless-retry-count'];

/**
 * A `fetch` for any client that accepts one. Each call acquires first, tells the set what the provider answered, and
 * releases when the body has been read or cancelled. So read or cancel each body. A client's own retries each count as
 * a call, and one warning says so, because `use` or `limited` around the client would not count them.
 *
 * A call rejects as `fetch` does. While it waits, it rejects as `acquire` does, or with the reason of the call's own
 * signal.
 *
 * @param limits A set or a pool, or a function that returns one for each call, such as `currentLimits`. The sets of a
 *   pool must not differ in anything that a request contains.
 * @throws {@link InvalidLimitError} which names an invalid option
 *
 * @example
 * const client = new OpenAI({ fetch: limitedFetch(limits), maxRetries: 0 });
 */
export function limitedFetch(limits: FetchLimits | (() => FetchLimits), options: LimitedFetchOptions = {}): Fetch {
  const limitsOf = checkLimits(limits);
  checkLimitedFetchOptions(options);
  const warn = warnOnce();
  return async (input, init) => {
    const { requested, timeout, priority } = options;
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    warn.ofRetries(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    const acquisition = await limitsOf().acquire({
      requested: requested?.(input, init),
      ...{ timeout, priority, signal },
    });
    const call = new LimitedCall(acquisition, options.usage, warn.ofUsage);
    try {
      signal?.throwIfAborted();
      return await call.answered(await (options.fetch ?? globalThis.fetch)(input, init), signal);
    } catch (error) {
      call.failed(error, signal);
      throw error;
    }
  };
}

/** One call, from its acquisition to its release. */
class LimitedCall {
  #isOver = false;

  constructor(
    readonly slot: Acquisition<object>,
    readonly usage: LimitedFetchOptions['usage'],
    readonly onBadUsage: (error: unknown) => void,
  ) {
    // all of it, unless something better is known
    slot.update({ usage: slot.requested });
  }

  /** The response, with a body that ends the call. */
  async answered(response: Response, signal: AbortSignal | undefined | null): Promise<Response> {
    const { slot } = this;
    if (!response.ok) {
      // what kind of error it is often stands in the body alone
      const body = await response.arrayBuffer();
      slot.observe({ status: response.status, headers: response.headers, body: new TextDecoder().decode(body) });
      this.#end();
      return withBody(response, response.body === null ? null : body);
    }
    slot.observe(response);
    if (response.body === null) {
      this.#end();
      return response;
    }
    const watch = {
      done: (text: string | undefined) => {
        if (text !== undefined) this.#report(text);
        this.#end();
      },
      failed: (error: unknown) => this.failed(error, signal),
      cancelled: () => this.#end(),
    };
    return withBody(response, watchedBody(response.body, watch, this.usage !== undefined));
  }

  /** The call has failed, before or after its answer began. Nothing of that is the provider's if the caller gave it up. */
  failed(error: unknown, signal: AbortSignal | undefined | null): void {
    if (this.#isOver) return;
    if (signal?.aborted !== true) this.slot.observe(error);
    if (showsNothingWasSent(error)) this.slot.tellUnused();
    this.#end();
  }

  #report(body: string): void {
    try {
      if (this.usage !== undefined) this.slot.update({ usage: this.usage(body) });
    } catch (error) {
      this.onBadUsage(error);
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.slot.release();
  }
}

/** The same response with another body. */
function withBody(response: Response, body: ConstructorParameters<typeof Response>[0]): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  const copy = new Response(body, { status, statusText, headers });
  for (const [key, value] of Object.entries({ url, redirected, type })) Object.defineProperty(copy, key, { value });
  return copy;
}

/** What the user of a limited fetch should know, each said once. */
interface Warnings {
  readonly ofRetries: (headers: RequestInit['headers']) => void;
  readonly ofUsage: (error: unknown) => void;
}

function warnOnce(): Warnings {
  let [hasToldOfRetries, hasToldOfUsage] = [false, false];
  return {
    ofRetries(headers) {
      if (hasToldOfRetries || headers === undefined) return;
      const read = new Headers(headers);
      hasToldOfRetries = RETRY_COUNTS.some((name) => Number(read.get(name) ?? 0) > 0);
      if (hasToldOfRetries) process.emitWarning(RETRIES, 'LimitsWarning');
    },
    ofUsage(error) {
      if (hasToldOfUsage) return;
      hasToldOfUsage = true;
      process.emitWarning(`${BAD_USAGE}. ${reasonOf(error)}`.trim(), 'LimitsWarning');
    },
  };
}

/** Other messages than ours may quote the provider's answer. */
function reasonOf(error: unknown): string {
  if (error instanceof LimitsError) return error.message;
  return error instanceof Error ? error.name : '';
}

const BAD_USAGE = 'usage threw or returned an invalid value; counting the full request as used';

const RETRIES =
  'The client that calls limitedFetch retries failed calls on its own. limitedFetch counts each retry, but a ' +
  '`use` or `limited` around the call does not. Turn retries off (maxRetries: 0), and let Temporal or `limited` retry';

function checkLimits(limits: unknown): () => FetchLimits {
  if (typeof limits === 'function') return limits as () => FetchLimits;
  if (typeof (limits as Partial<FetchLimits> | undefined | null)?.acquire === 'function') {
    return () => limits as FetchLimits;
  }
  const expected = 'expected a LimitSet, a LimitPool, or a function that returns one';
  throw new InvalidLimitError('limits', `${expected}, got ${describeValue(limits)}`);
}

function checkLimitedFetchOptions(options: LimitedFetchOptions): void {
  checkOptions('limitedFetch', options, OPTIONS);
  for (const name of ['requested', 'usage', 'fetch'] as const) {
    if (options[name] !== undefined) checkFunction(name, options[name]);
  }
  if (options.timeout !== undefined) durationToMs('timeout', options.timeout);
  checkPriority(options.priority);
}
