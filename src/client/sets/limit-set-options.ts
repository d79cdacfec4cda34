import type { Client } from '@temporalio/client';

import type { Clock } from '../../acquire/ports';
import { configuredDefault } from '../../acquire/set/defaults';
import type { JsonObject } from '../../acquire/set/frozen-json';
import {
  checkSet,
  checkShareable,
  SET_OPTIONS,
  type SetOptions,
  type SetSettings,
} from '../../acquire/set/set-settings';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkBoolean, checkOneOf } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import type { Mode, OnUnavailable } from '../backends/backend';
import { checkConnection, CONNECTION_OPTIONS } from '../link/connection-options';

/** The plain JSON form of a limit set, as in a config file. */
export interface LimitSetJSON<Config extends object = JsonObject, Key extends string = string> extends SetOptions<
  Config,
  Key
> {
  /**
   * Processes, and sets in one process, with the same name share the limits. Required in Temporal mode. Range: 1 to 256
   * characters.
   */
  readonly name?: string | undefined;
  /** Where the limits are kept: in this process, or in a limiter workflow. @default 'memory' */
  readonly mode?: Mode | undefined;
  /**
   * Whether sets with the same name share the limits. `false` only in memory mode. @default true for a set with a name
   */
  readonly shared?: boolean | undefined;
  /**
   * What acquisitions do while Temporal cannot be reached. With `'wait'`, they wait, and fail at their timeouts;
   * `tryAcquire` is refused. With `'open'`, they all go ahead unlimited after several unanswered calls in a row,
   * including those that already wait. Their `fencingToken` is 0, their `signal` never aborts, and they do not count.
   * The first answer restores the limits. Temporal mode only. @default 'wait'
   */
  readonly onUnavailable?: OnUnavailable | undefined;
}

/** Options of a `LimitSet`. */
export interface LimitSetOptions<Config extends object = JsonObject, Key extends string = string> extends LimitSetJSON<
  Config,
  Key
> {
  /** The connection for Temporal mode. @default one from the environment, as `@temporalio/envconfig` reads it */
  readonly client?: Client | undefined;
  /** For tests that drive time by hand, in memory mode. @default the process's monotonic clock */
  readonly clock?: Clock | undefined;
}

/** The options of a set, checked and with nothing left open. */
export interface LimitSetSettings extends SetSettings {
  readonly mode: Mode;
  /** Nothing where it is the default of memory mode. */
  readonly guardMs: number | undefined;
  readonly shared: boolean;
  readonly onUnavailable: OnUnavailable;
}

const MODES: readonly Mode[] = ['memory', 'temporal'];
const ON_UNAVAILABLE: readonly OnUnavailable[] = ['wait', 'open'];

const JSON_OPTIONS = new Set(['name', ...SET_OPTIONS, 'mode', 'shared', 'onUnavailable']);
const OPTIONS = new Set([...JSON_OPTIONS, ...CONNECTION_OPTIONS]);

/** @throws InvalidLimitError for what is not the form of a limit set */
export function checkSetJSON(json: unknown): void {
  checkOptions('the JSON form of a limit set', json, JSON_OPTIONS);
}

/** @throws InvalidLimitError, DuplicateLimitError */
export function checkSetOptions(options: LimitSetOptions<object>): LimitSetSettings {
  checkOptions('a limit set', options, OPTIONS);
  checkConnection(options);
  const mode = checkOneOf('mode', options.mode ?? 'memory', MODES);
  const onUnavailable = checkOneOf('onUnavailable', options.onUnavailable ?? 'wait', ON_UNAVAILABLE);
  // within one process, the way to the provider is taken not to vary, unless it is said to
  const given = options.guardMs ?? configuredDefault('guardMs');
  const settings = checkSet(mode === 'memory' ? { ...options, guardMs: given ?? 0 } : options);
  const guardMs = mode === 'memory' ? given : settings.definition.timing.guardMs;
  return { ...settings, guardMs, mode, shared: checkShared(options.shared, settings.name, mode), onUnavailable };
}

function checkShared(shared: unknown, name: string | undefined, mode: Mode): boolean {
  const given = shared === undefined ? undefined : checkBoolean('shared', shared);
  if (mode === 'temporal' && given === false) {
    throw new InvalidLimitError(
      'shared',
      'only a set in memory mode can be private: a limiter serves all sets of its name',
    );
  }
  const isShared = given ?? (mode === 'temporal' || name !== undefined);
  if (isShared) checkShareable(name);
  return isShared;
}
