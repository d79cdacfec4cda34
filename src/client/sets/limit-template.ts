import { createHash } from 'node:crypto';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { checkShareable, NOT_FOR_IDS, SET_OPTIONS } from '../../acquire/set/set-settings';
import { checkOptions } from '../../limiter/checks/options';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { describeValue } from '../../limiter/errors/describe-value';
import { CONNECTION_OPTIONS } from '../link/connection-options';
import { backgroundClock } from '../link/system-clock';
import { LimitSet } from './limit-set';
import { checkSetOptions, type LimitSetOptions } from './limit-set-options';

/** Options of a {@link LimitTemplate}. */
export interface LimitTemplateOptions<Config extends object = JsonObject, Key extends string = string> extends Omit<
  LimitSetOptions<Config, Key>,
  'name' | 'shared'
> {
  /** The prefix of its sets' names. Range: 1 to 189 characters. */
  readonly name: string;
}

/** The longest name that a set may have. */
const MAX_NAME = 256;
const HASHED_KEY = '[#]'.length + 64;

/** A set that has rested for so long is forgotten at the next look, which is as long away at most. */
const REST_MS = 60_000;

const OPTIONS = new Set(['name', ...SET_OPTIONS, 'mode', 'onUnavailable', ...CONNECTION_OPTIONS]);

interface Kept<Config extends object, Key extends string> {
  readonly set: LimitSet<Config, Key>;
  usedAt: number;
}

/**
 * The same limits for any number of keys, such as customers. Each key has its own limit set, created on first use. The
 * template forgets a set that nothing has used for a minute or two. In memory mode, its limits must have recovered
 * first, so no key gets more. In Temporal mode, the limiter remembers.
 *
 * @example
 * const perCustomer = new LimitTemplate({ name: 'acme', limits: [new CallLimit({ windowSeconds: 60, capacity: 100 })] });
 * await perCustomer.for('customer-17').use({ timeout: '30s' }, async () => callTheProvider());
 */
export class LimitTemplate<Config extends object = JsonObject, const Key extends string = string> {
  /** The prefix of its sets' names. */
  readonly name: string;
  readonly #options: LimitSetOptions<Config, Key>;
  readonly #kept = new Map<string, Kept<Config, Key>>();
  #stopLooking: (() => void) | undefined;

  /** @throws {@link InvalidLimitError}, {@link DuplicateLimitError} */
  constructor(options: LimitTemplateOptions<Config, Key>) {
    checkOptions('a limit template', options, OPTIONS);
    checkShareable(options.name);
    const { limits, definition, config, algorithm } = checkSetOptions(options);
    this.name = options.name;
    if (this.name.length > MAX_NAME - HASHED_KEY) {
      const most = String(MAX_NAME - HASHED_KEY);
      throw new InvalidLimitError('name', `expected at most ${most} characters, which leaves room for the keys`);
    }
    const { leaseMs, horizonMs, guardMs } = definition.timing;
    // what is said later, by `configureLimits` too, must not make two sets of one key differ
    this.#options = {
      ...options,
      limits: limits as LimitSetOptions<Config, Key>['limits'],
      config: config as Config,
      algorithm,
      version: definition.version,
      leaseMs,
      horizonMs,
      guardMs,
    };
  }

  /** Number of sets that it currently keeps. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * The set of a key: the same one each time, until the template forgets it. Its name is `name[key]`, with the key
   * encoded by `encodeURIComponent`. A key that is too long for a name is hashed.
   *
   * @throws {@link InvalidLimitError} unless the key is a well-formed string that is not empty;
   *   {@link DefinitionConflictError} if a set of that name has other limits in this process
   */
  for(key: string): LimitSet<Config, Key> {
    const { clock = backgroundClock } = this.#options;
    const usedAt = clock.now();
    const kept = this.#kept.get(key);
    if (kept !== undefined && !kept.set.isClosed) {
      kept.usedAt = usedAt;
      return kept.set;
    }
    const set = new LimitSet<Config, Key>({ ...this.#options, name: nameOf(this.name, key) });
    this.#kept.set(key, { set, usedAt });
    this.#stopLooking ??= clock.after(REST_MS, this.#look);
    return set;
  }

  /** Closes all sets that it keeps. A later `for` creates a new set. */
  async close(): Promise<void> {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    const kept = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(kept.map(({ set }) => set.close()));
  }

  readonly #look = (): void => {
    const { clock = backgroundClock } = this.#options;
    const now = clock.now();
    for (const [key, kept] of this.#kept) {
      if (!kept.set.isIdle) kept.usedAt = now;
      else if (now - kept.usedAt >= REST_MS) {
        this.#kept.delete(key);
        // the lease ends by itself where this cannot be told
        kept.set.rest().catch(() => undefined);
      }
    }
    this.#stopLooking = this.#kept.size === 0 ? undefined : clock.after(REST_MS, this.#look);
  };
}

/** Two keys never have the same name: an encoded key has no brackets, and `#` is in none. */
function nameOf(template: string, key: unknown): string {
  if (typeof key !== 'string' || key.length === 0 || NOT_FOR_IDS.test(key)) {
    throw new InvalidLimitError(
      'key',
      `expected a string, not empty, well-formed and without \\0, got ${describeValue(key)}`,
    );
  }
  const name = `${template}[${encodeURIComponent(key)}]`;
  if (name.length <= MAX_NAME) return name;
  return `${template}[#${createHash('sha256').update(key).digest('hex')}]`;
}
