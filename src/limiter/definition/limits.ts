import { algorithmNames } from '../algorithms/algorithms';
import { UNUSED, type AlgorithmName, type Unused } from '../algorithms/algorithm';
import { describeValue } from '../errors/describe-value';
import { InvalidLimitError } from '../errors/definition-errors';
import { isAmount } from '../checks/numbers-check';
import { checkOneOf } from '../checks/option-values';
import { checkOptions } from '../checks/options';
import { checkCounts, type Counts } from './counts';

/** What happens to usage above the request: it is charged as a debt, or rejected. */
export type Overage = 'charge' | 'reject';

/** Either of them. */
export const OVERAGES: readonly Overage[] = ['charge', 'reject'];

/** Options of limits with a window. */
export interface WindowOptions extends AdaptiveOptions {
  /** Length of the window. Unit: seconds. Range: 1e-6 to 1e9; resolution 1 µs. */
  windowSeconds: number;
  /** Units per window. Range: above 0, up to 2^53 - 1; fractions are allowed. */
  capacity: number;
  /** How to count. @default the process-wide default, `SlidingWindow` unless `configureLimits` says otherwise */
  algorithm?: AlgorithmName | undefined;
  /**
   * Whether it adopts the size that the provider reports in observed answers, if that is less than `capacity`. A larger
   * request waits until the provider reports more. @default false: a different size only appears as `drift` in
   * `getStats().provider`
   */
  follow?: boolean | undefined;
}

/** The range within which a limit adapts its capacity. */
export interface AdaptiveRange {
  /**
   * The smallest capacity, and the largest request. Unit: as `capacity`. Range: above 0, up to `capacity`; whole for
   * permits.
   */
  min: number;
  /** The largest capacity. Unit: as `capacity`. Range: from `capacity` to 2^53 - 1; whole for permits. */
  max: number;
}

/** What all limits have in common. */
interface AdaptiveOptions {
  /**
   * Finds the capacity out by itself, within a range, from what is observed of the provider: see `observe`. The limit begins
   * with `capacity`. A throttle leaves 0.7 of it, once in a window. A window without
   * one, in which nine tenths of it were taken, raises it: towards what was served last, then beyond. Permits are judged
   * by the shortest window of the set, or 10 s; none is shorter than 5 s. Source: AIMD (D. Chiu, R. Jain, 1989), with the
   * decrease of CUBIC (RFC 9438) and a search as in BIC (L. Xu, K. Harfoush, I. Rhee, 2004). @default the capacity stays as it is
   */
  adaptive?: AdaptiveRange | undefined;
}

/** Options of a {@link RateLimit}. */
export interface RateLimitOptions<Key extends string = string, Unit extends string = string> extends WindowOptions {
  /** Name of the limit, and of the unit that it counts unless `counts` says otherwise, for example `input_tokens`. */
  key: Key;
  /**
   * The units that it counts, as acquisitions name them in `requested` and `usage`: `['input_tokens', 'output_tokens']`, or
   * with weights, `{ input_tokens: 1, output_tokens: 5 }`. Several limits may count the same unit; a request names it once.
   * Range: 1 to 32 units, weights above 0. @default the unit named like the limit, with weight 1
   */
  counts?: Counts<Unit> | undefined;
  /**
   * What happens to usage above the request. `charge` counts it as used, so later acquisitions wait until it has
   * recovered. `reject` makes `update` throw `UsageExceedsRequestedError`. @default 'charge'
   */
  overage?: Overage | undefined;
  /**
   * Whether the provider returns requested but unused units: `returned` or `kept`. Choose `returned` for a provider
   * that counts what a call used, and `kept` for one that counts what it requested. @default 'returned' for TokenBucket
   * and GCRA, 'kept' for LeakyBucket, SlidingWindow and FixedWindow
   */
  unused?: Unused | undefined;
}

/** Options of a {@link CallLimit}. */
export interface CallLimitOptions<Key extends string = string> extends WindowOptions {
  /** Key used in `requested`. Range: 1 to 256 characters. @default 'call_count' */
  key?: Key | undefined;
}

/** Options of a {@link ResourceLimit}. */
export interface ResourceLimitOptions<Key extends string = string> extends AdaptiveOptions {
  /** Key used in `requested`, for example `connections`. Range: 1 to 256 characters. */
  key: Key;
  /** Number of permits. Range: a whole number from 1. */
  capacity: number;
}

/** The key of a {@link CallLimit} without a `key`. */
export const CALL_COUNT = 'call_count';

/** With their kinds, so that `new CallLimit({ ...limit, capacity: 5 })` makes another of a limit. */
const OPTIONS = {
  rate: new Set([
    'kind',
    'key',
    'windowSeconds',
    'capacity',
    'algorithm',
    'counts',
    'overage',
    'unused',
    'follow',
    'adaptive',
  ]),
  call: new Set(['kind', 'key', 'windowSeconds', 'capacity', 'algorithm', 'follow', 'adaptive']),
  resource: new Set(['kind', 'key', 'capacity', 'adaptive']),
};

function checkLimit(kind: keyof typeof OPTIONS, options: unknown): void {
  checkOptions(`a ${kind} limit`, options, OPTIONS[kind]);
  const given = (options as { kind?: unknown }).kind;
  if (given !== undefined && given !== kind) {
    throw new InvalidLimitError('kind', `expected '${kind}', got ${describeValue(given)}`);
  }
}

function checkKey(key: unknown): string {
  if (typeof key !== 'string' || key.length === 0 || key.length > 256) {
    throw new InvalidLimitError('key', `expected a string of 1 to 256 characters, got ${describeValue(key)}`);
  }
  return key;
}

function checkCapacity(capacity: unknown, option = 'capacity'): number {
  if (!isAmount(capacity) || capacity === 0) {
    throw new InvalidLimitError(
      option,
      `expected a number above 0, up to ${Number.MAX_SAFE_INTEGER}, got ${describeValue(capacity)}`,
    );
  }
  return capacity;
}

function checkPermits(capacity: unknown, option = 'capacity'): number {
  if (!Number.isFinite(capacity) || Number.isSafeInteger(capacity)) return checkCapacity(capacity, option);
  throw new InvalidLimitError(option, `expected a whole number of permits, got ${String(capacity)}`);
}

function checkAdaptive(
  range: unknown,
  capacity: number,
  check: (bound: unknown, option: string) => number,
): AdaptiveRange | undefined {
  if (range === undefined) return undefined;
  if (typeof range !== 'object' || range === null) {
    throw new InvalidLimitError('adaptive', `expected { min, max }, got ${describeValue(range)}`);
  }
  checkOptions('adaptive', range, ADAPTIVE);
  const { min, max } = range as Partial<Record<keyof AdaptiveRange, unknown>>;
  const bounds = { min: check(min, 'adaptive.min'), max: check(max, 'adaptive.max') };
  if (bounds.min <= capacity && capacity <= bounds.max) return bounds;
  throw new InvalidLimitError(
    'adaptive',
    `expected min <= capacity <= max, got min ${bounds.min}, capacity ${capacity}, max ${bounds.max}`,
  );
}

function checkFollow(follow: unknown): true | undefined {
  if (follow === undefined || follow === false) return undefined;
  if (follow === true) return follow;
  throw new InvalidLimitError('follow', `expected true or false, got ${describeValue(follow)}`);
}

const ADAPTIVE = new Set(['min', 'max']);

function checkWindow(seconds: unknown): number {
  // outside of this range the window in milliseconds would round to 0 or overflow
  if (typeof seconds !== 'number' || !(seconds >= 1e-6 && seconds <= 1e9)) {
    throw new InvalidLimitError('windowSeconds', `expected a number from 1e-6 to 1e9, got ${describeValue(seconds)}`);
  }
  return seconds;
}

function checkAlgorithm(algorithm: unknown): AlgorithmName | undefined {
  return algorithm === undefined ? undefined : checkOneOf('algorithm', algorithm, algorithmNames);
}

/**
 * Units per window, such as tokens per minute. Only acquisitions that name one of its units take from it. They report
 * their usage before they release.
 *
 * @example
 * new RateLimit({ key: 'input_tokens', windowSeconds: 60, capacity: 100_000, algorithm: 'TokenBucket' });
 * // dollars per day, charged together with the tokens above
 * new RateLimit({
 *   key: 'usd_per_day',
 *   windowSeconds: 86_400,
 *   capacity: 50,
 *   counts: { input_tokens: 2.5e-6, output_tokens: 1e-5 },
 * });
 */
export class RateLimit<const Key extends string = string, const Unit extends string = Key> {
  /** The kind of limit. */
  readonly kind = 'rate';
  /** Its name, and the name of its unit unless `counts` says otherwise. */
  readonly key: Key;
  /** Length of the window. Unit: seconds. */
  readonly windowSeconds: number;
  /** Units per window. */
  readonly capacity: number;
  /** Its algorithm; `undefined` for that of its set. */
  readonly algorithm: AlgorithmName | undefined;
  /** The units that it counts, with their weights; `undefined` for the unit named like the limit. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  /** What happens to usage above the request. */
  readonly overage: Overage;
  /** Whether the unused part of a request comes back; `undefined` for the algorithm's default. */
  readonly unused: Unused | undefined;
  /** The range of an adaptive capacity; `undefined` if the capacity is fixed. */
  readonly adaptive: AdaptiveRange | undefined;
  /** Whether it adopts a lower limit that the provider reports; `undefined` if not. */
  readonly follow: true | undefined;

  /** @throws {@link InvalidLimitError} which names the invalid option */
  constructor(options: RateLimitOptions<Key, Unit>) {
    checkLimit('rate', options);
    this.key = checkKey(options.key) as Key;
    this.windowSeconds = checkWindow(options.windowSeconds);
    this.capacity = checkCapacity(options.capacity);
    this.algorithm = checkAlgorithm(options.algorithm);
    this.counts = checkCounts(options.counts);
    this.overage = checkOneOf('overage', options.overage ?? 'charge', OVERAGES);
    this.unused = options.unused === undefined ? undefined : checkOneOf('unused', options.unused, UNUSED);
    this.adaptive = checkAdaptive(options.adaptive, this.capacity, checkCapacity);
    this.follow = checkFollow(options.follow);
  }

  /** The names by which acquisitions take from it, in `requested` and `usage`. */
  get units(): readonly Unit[] {
    return Object.keys(this.counts ?? { [this.key]: 1 }) as Unit[];
  }
}

/**
 * Calls per window. Every acquisition of the set takes one call, unless it names another number; 0 leaves it out.
 *
 * @example new CallLimit({ windowSeconds: 60, capacity: 500 })
 */
export class CallLimit<const Key extends string = typeof CALL_COUNT> {
  /** The kind of limit. */
  readonly kind = 'call';
  /** Key used in `requested`. */
  readonly key: Key;
  /** Length of the window. Unit: seconds. */
  readonly windowSeconds: number;
  /** Units per window. */
  readonly capacity: number;
  /** Its algorithm; `undefined` for that of its set. */
  readonly algorithm: AlgorithmName | undefined;
  /** The range of an adaptive capacity; `undefined` if the capacity is fixed. */
  readonly adaptive: AdaptiveRange | undefined;
  /** Whether it adopts a lower limit that the provider reports; `undefined` if not. */
  readonly follow: true | undefined;

  /** @throws {@link InvalidLimitError} which names the invalid option */
  constructor(options: CallLimitOptions<Key>) {
    checkLimit('call', options);
    this.key = checkKey(options.key ?? CALL_COUNT) as Key;
    this.windowSeconds = checkWindow(options.windowSeconds);
    this.capacity = checkCapacity(options.capacity);
    this.algorithm = checkAlgorithm(options.algorithm);
    this.adaptive = checkAdaptive(options.adaptive, this.capacity, checkCapacity);
    this.follow = checkFollow(options.follow);
  }
}

/**
 * Permits held at the same time, such as open connections. Every acquisition of the set holds one until its release,
 * unless it names another number; 0 leaves it out.
 *
 * @example new ResourceLimit({ key: 'connections', capacity: 20 })
 */
export class ResourceLimit<const Key extends string = string> {
  /** The kind of limit. */
  readonly kind = 'resource';
  /** Key used in `requested`. */
  readonly key: Key;
  /** Number of permits. */
  readonly capacity: number;
  /** The range of an adaptive capacity; `undefined` if the capacity is fixed. */
  readonly adaptive: AdaptiveRange | undefined;

  /** @throws {@link InvalidLimitError} which names the invalid option */
  constructor(options: ResourceLimitOptions<Key>) {
    checkLimit('resource', options);
    this.key = checkKey(options.key) as Key;
    this.capacity = checkPermits(options.capacity);
    this.adaptive = checkAdaptive(options.adaptive, this.capacity, checkPermits);
  }
}

/** The plain definition of one limit. It serialises to JSON. */
export type Limit<Key extends string = string> = RateLimit<string, Key> | CallLimit<Key> | ResourceLimit<Key>;

/** The plain JSON form of a {@link Limit}, as in a config file. */
export type LimitJSON<Key extends string = string> =
  | (Pick<RateLimit, 'kind'> &
      RateLimitOptions<Key> & {
        /** It counts the unit with the limit's name. */
        counts?: undefined;
      })
  | (Pick<RateLimit, 'kind'> &
      RateLimitOptions<string, Key> & {
        /** The units that it counts, with their weights. */
        counts: Counts<Key>;
      })
  // apart, because an optional key would leave the compiler without the keys of all the others
  | (Pick<CallLimit, 'kind'> &
      CallLimitOptions<Key> & {
        /** Key used in `requested`. */
        key: Key;
      })
  | (Pick<CallLimit, 'kind'> & WindowOptions)
  | (Pick<ResourceLimit, 'kind'> & ResourceLimitOptions<Key>);

/**
 * A limit from its JSON form.
 *
 * @throws {@link InvalidLimitError} if it is not a valid limit
 *
 * @example
 * const limit = limitFromJSON({ kind: 'call', windowSeconds: 60, capacity: 500 });
 */
export function limitFromJSON(json: LimitJSON): Limit {
  if (!isObject(json)) throw new InvalidLimitError('limit', `expected an object, got ${describeValue(json)}`);
  // a copy, because a limit as it stands is no plain object
  const options = { ...json };
  switch (options.kind) {
    case 'rate':
      return new RateLimit(options);
    case 'call':
      return new CallLimit(options);
    case 'resource':
      return new ResourceLimit(options);
    default:
      throw new InvalidLimitError(
        'kind',
        `expected 'rate', 'call' or 'resource', got ${describeValue((options as Limit).kind)}`,
      );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The plain JSON form of a limit. */
export function limitToJSON(limit: Limit): LimitJSON {
  return Object.fromEntries(Object.entries(limit)) as unknown as LimitJSON;
}
