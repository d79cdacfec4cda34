import type { AlgorithmName } from '../../limiter/algorithms/algorithm';
import { defineLimits, type SetDefinition } from '../../limiter/definition/definition';
import { MAX_LIMITS } from '../../limiter/definition/definition-check';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { limitFromJSON, type Limit, type LimitJSON } from '../../limiter/definition/limits';
import { isAmount } from '../../limiter/checks/numbers-check';
import { checkWhole } from '../../limiter/checks/option-values';
import { checkDefault, limitDefaults } from './defaults';
import { frozenObject, type JsonObject } from './frozen-json';

/** What a limit set is made of, wherever its limits are kept. */
export interface SetOptions<Config extends object = JsonObject, Key extends string = string> {
  /** What is limited. None at all allows everything, at no cost. Range: up to 32. */
  readonly limits: readonly (Limit<Key> | LimitJSON<Key>)[];
  /** Plain JSON that every acquisition carries as `slot.config`, such as a region or an API key; deep-copied. @default {} */
  readonly config?: Config | undefined;
  /**
   * Version of the definition. Of two definitions with the same name, the higher version applies to everyone. It takes
   * effect while the set is in use: what is in use stays in use, and waiting requests keep their place. Range: a whole
   * number from 1. @default 1
   */
  readonly version?: number | undefined;
  /** Algorithm of limits that name none. @default as configured by `configureLimits` */
  readonly algorithm?: AlgorithmName | undefined;
  /**
   * How many acquisitions may wait at once in this process or workflow run. Beyond that, `acquire` fails at once with a
   * `QueueFullError`. Range: a whole number from 0. @default no bound
   */
  readonly maxWaiting?: number | undefined;
  /**
   * How long a process may be silent before its permits go to others. Unit: milliseconds. Range: from 1,000.
   * @default as configured by `configureLimits`, built in 30,000
   */
  readonly leaseMs?: number | undefined;
  /**
   * How far ahead capacity is granted. Unit: milliseconds. Range: above 0.
   * @default as configured by `configureLimits`, built in 500
   */
  readonly horizonMs?: number | undefined;
  /**
   * How much the time from a start to its arrival at the provider may vary. A set that observes refusals widens it, up to
   * a tenth of its shortest window. In Temporal mode, and in windows under 400 times as long, it ends with the release, if
   * a good answer was observed last. Unit: milliseconds. Range: from 0.
   * @default as configured by `configureLimits`, built in 50, in memory mode 0
   */
  readonly guardMs?: number | undefined;
  /**
   * Longest pause that one observed answer of the provider can cause, whatever it asks for. Unit: seconds. Range: above
   * 0. @default 300
   */
  readonly maxPauseSeconds?: number | undefined;
}

/** The names of {@link SetOptions}. */
export const SET_OPTIONS: readonly string[] = [
  'limits',
  'config',
  'version',
  'algorithm',
  'maxWaiting',
  'leaseMs',
  'horizonMs',
  'guardMs',
  'maxPauseSeconds',
];

/** The options of a set, checked and with nothing left open. */
export interface SetSettings {
  readonly name: string | undefined;
  readonly limits: readonly Limit[];
  readonly definition: SetDefinition;
  readonly config: JsonObject;
  readonly algorithm: AlgorithmName;
  readonly maxWaiting: number | undefined;
}

/** @throws InvalidLimitError, DuplicateLimitError */
export function checkSet(options: SetOptions<object> & { readonly name?: unknown }): SetSettings {
  const defaults = limitDefaults();
  const name = checkName(options.name);
  const algorithm = checkDefault('algorithm', options.algorithm ?? defaults.algorithm);
  if (!Array.isArray(options.limits)) throw new InvalidLimitError('limits', 'expected an array of limits');
  if (options.limits.length > MAX_LIMITS) {
    throw new InvalidLimitError('limits', `expected at most ${MAX_LIMITS} limits, got ${options.limits.length}`);
  }
  const limits = options.limits.map(toLimit);
  return {
    name,
    limits,
    definition: {
      version: checkWhole('version', options.version ?? 1, 1),
      limits: defineLimits(limits, algorithm),
      timing: {
        leaseMs: checkDefault('leaseMs', options.leaseMs ?? defaults.leaseMs),
        horizonMs: checkDefault('horizonMs', options.horizonMs ?? defaults.horizonMs),
        guardMs: checkDefault('guardMs', options.guardMs ?? defaults.guardMs),
        ...maxPause(options.maxPauseSeconds),
      },
    },
    config: frozenObject('config', options.config ?? {}),
    algorithm,
    maxWaiting: options.maxWaiting === undefined ? undefined : checkWhole('maxWaiting', options.maxWaiting, 0),
  };
}

/** @throws InvalidLimitError unless it is a number of seconds above 0, or left out */
function maxPause(seconds: unknown): { readonly maxPauseMs?: number } {
  if (seconds === undefined) return {};
  if (isAmount(seconds) && seconds > 0) return { maxPauseMs: seconds * 1_000 };
  throw new InvalidLimitError('maxPauseSeconds', `expected a number of seconds above 0, got ${describeValue(seconds)}`);
}

/** Half a character, and what ends a text in C: a server refuses ids with such each time, which looks like an outage. */
export const NOT_FOR_IDS = /[\p{Cs}\0]/u;

/** @throws InvalidLimitError unless it is a name that a set or a pool may have, or none */
export function checkName(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || name.length === 0 || name.length > 256) {
    throw new InvalidLimitError('name', `expected a string of 1 to 256 characters, got ${describeValue(name)}`);
  }
  if (!NOT_FOR_IDS.test(name)) return name;
  throw new InvalidLimitError('name', `expected well-formed text without \\0, got ${describeValue(name)}`);
}

/** @throws InvalidLimitError for a set that is shared and has no name */
export function checkShareable(name: string | undefined): void {
  if (name !== undefined) return;
  throw new InvalidLimitError('name', 'required for a shared set, because processes share it by name');
}

function toLimit(limit: unknown, index: number): Limit {
  if (typeof limit !== 'object' || limit === null) {
    throw new InvalidLimitError(`limits[${index}]`, `expected a limit, got ${describeValue(limit)}`);
  }
  return limitFromJSON(limit as LimitJSON);
}
