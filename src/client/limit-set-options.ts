import type { Client } from '@temporalio/client';

import type { AlgorithmName } from '../limiter/algorithms/algorithm';
import { defineLimits, type SetDefinition } from '../limiter/definition';
import { describeValue } from '../limiter/describe-value';
import { InvalidLimitError } from '../limiter/errors/invalid-limit-error';
import { limitFromJSON, type Limit, type LimitJSON } from '../limiter/limits';
import { checkOptions } from '../limiter/options';
import type { Mode, OnUnavailable } from './backends';
import type { Clock } from './clock';
import { checkConnection, CONNECTION_OPTIONS } from './connection-options';
import { checkDefault, limitDefaults } from './defaults';
import { frozenObject, type JsonObject } from './frozen-json';

/** The plain JSON form of a limit set, as in a config file. */
export interface LimitSetJSON {
  /** What processes, or sets in one process, share the limits by. Required in Temporal mode. Range: 1 to 256 characters. */
  readonly name?: string | undefined;
  /** What is limited. None at all allows everything, at no cost. */
  readonly limits: readonly (Limit | LimitJSON)[];
  /** Plain JSON that every acquisition carries, such as a region or an API key; deep-copied. @default {} */
  readonly config?: object | undefined;
  /** Where the limits are kept: in this process, or by a limiter workflow. @default 'memory' */
  readonly mode?: Mode | undefined;
  /** Whether sets of the same name share the limits; `false` only in memory mode. @default true for a set with a name */
  readonly shared?: boolean | undefined;
  /** Of two definitions under one name, the limiter applies that of the higher version. Range: a whole number from 1. @default 1 */
  readonly version?: number | undefined;
  /** How limits count that do not say. @default as configured by `configureLimits` */
  readonly algorithm?: AlgorithmName | undefined;
  /** See {@link LimitDefaults.leaseMs}. */
  readonly leaseMs?: number | undefined;
  /** See {@link LimitDefaults.horizonMs}. */
  readonly horizonMs?: number | undefined;
  /** See {@link LimitDefaults.guardMs}. */
  readonly guardMs?: number | undefined;
  /**
   * What becomes of acquisitions while Temporal cannot be reached. With `'wait'` they wait, and fail at their timeouts;
   * `tryAcquire` is refused. With `'open'`, once several tries in a row went unanswered, all go ahead unlimited, those
   * that wait already too: their `fencingToken` is 0, their `signal` never aborts, and nothing of them is counted. With
   * the first answer all is limited again. Temporal mode only. @default 'wait'
   */
  readonly onUnavailable?: OnUnavailable | undefined;
}

/** Options of a `LimitSet`. */
export interface LimitSetOptions extends LimitSetJSON {
  /** The connection for Temporal mode. @default one from the environment, as `@temporalio/envconfig` reads it */
  readonly client?: Client | undefined;
  /** For tests that drive time by hand, in memory mode. @default the process's monotonic clock */
  readonly clock?: Clock | undefined;
}

/** The options of a set, checked and with nothing left open. */
export interface LimitSetSettings {
  readonly name: string | undefined;
  readonly limits: readonly Limit[];
  readonly definition: SetDefinition;
  readonly config: JsonObject;
  readonly mode: Mode;
  readonly shared: boolean;
  readonly algorithm: AlgorithmName;
  readonly onUnavailable: OnUnavailable;
}

const JSON_OPTIONS = new Set([
  'name',
  'limits',
  'config',
  'mode',
  'shared',
  'version',
  'algorithm',
  'leaseMs',
  'horizonMs',
  'guardMs',
  'onUnavailable',
]);
const OPTIONS = new Set([...JSON_OPTIONS, ...CONNECTION_OPTIONS]);

/** @throws InvalidLimitError for what is not the form of a limit set */
export function checkSetJSON(json: unknown): void {
  checkOptions('the JSON form of a limit set', json, JSON_OPTIONS);
}

/** @throws InvalidLimitError, DuplicateLimitError */
export function checkSetOptions(options: LimitSetOptions): LimitSetSettings {
  checkOptions('a limit set', options, OPTIONS);
  checkConnection(options);
  const defaults = limitDefaults();
  const name = checkName(options.name);
  const mode = oneOf('mode', options.mode ?? 'memory', ['memory', 'temporal']);
  const onUnavailable = oneOf('onUnavailable', options.onUnavailable ?? 'wait', ['wait', 'open']);
  const algorithm = checkDefault('algorithm', options.algorithm ?? defaults.algorithm);
  if (!Array.isArray(options.limits)) throw new InvalidLimitError('limits', 'expected an array of limits');
  const limits = options.limits.map(toLimit);
  return {
    name,
    limits,
    definition: {
      version: checkVersion(options.version ?? 1),
      limits: defineLimits(limits, algorithm),
      timing: {
        leaseMs: checkDefault('leaseMs', options.leaseMs ?? defaults.leaseMs),
        horizonMs: checkDefault('horizonMs', options.horizonMs ?? defaults.horizonMs),
        guardMs: checkDefault('guardMs', options.guardMs ?? defaults.guardMs),
      },
    },
    config: frozenObject('config', options.config ?? {}),
    mode,
    shared: checkShared(options.shared, name, mode),
    algorithm,
    onUnavailable,
  };
}

function toLimit(limit: unknown, index: number): Limit {
  if (typeof limit !== 'object' || limit === null) {
    throw new InvalidLimitError(`limits[${index}]`, `expected a limit, got ${describeValue(limit)}`);
  }
  return limitFromJSON(limit as LimitJSON);
}

/** @throws InvalidLimitError unless it is a name that a set or a pool may have, or none */
export function checkName(name: unknown): string | undefined {
  if (name === undefined || (typeof name === 'string' && name.length > 0 && name.length <= 256)) return name;
  throw new InvalidLimitError('name', `expected a string of 1 to 256 characters, got ${describeValue(name)}`);
}

function checkVersion(version: unknown): number {
  if (Number.isSafeInteger(version) && (version as number) > 0) return version as number;
  throw new InvalidLimitError('version', `expected a whole number from 1, got ${describeValue(version)}`);
}

function checkShared(shared: unknown, name: string | undefined, mode: Mode): boolean {
  if (shared !== undefined && typeof shared !== 'boolean') {
    throw new InvalidLimitError('shared', `expected a boolean, got ${describeValue(shared)}`);
  }
  if (mode === 'temporal' && shared === false) {
    throw new InvalidLimitError(
      'shared',
      'only a set in memory mode can be private: the limiter serves whoever knows its name',
    );
  }
  const isShared = shared ?? (mode === 'temporal' || name !== undefined);
  if (isShared && name === undefined) {
    throw new InvalidLimitError('name', 'required for a set that is shared, because it is shared by its name');
  }
  return isShared;
}

function oneOf<Value extends string>(option: string, value: Value, known: readonly Value[]): Value {
  if (known.includes(value)) return value;
  throw new InvalidLimitError(
    option,
    `expected ${known.map((word) => `'${word}'`).join(' or ')}, got ${describeValue(value)}`,
  );
}
