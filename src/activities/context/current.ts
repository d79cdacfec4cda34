import { AsyncLocalStorage } from 'node:async_hooks';
import type { Acquisition } from '../../acquire/set/acquisition';
import type { JsonObject } from '../../acquire/set/frozen-json';
import type { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { UNLIMITED, type Limits } from './worker-limits';

/** What a worker gives its activities beside its limits. */
interface CurrentWorker {
  /** Whether it was given limits at all. */
  readonly isLimited: boolean;
  /** Has it run what sharing needs, for limits that it was not given when it started. */
  readonly share: () => Promise<void>;
  /** Stops it, as limits that it uses run elsewhere with other values: each activity that asks for them would fail. */
  readonly stop: (conflict: DefinitionConflictError) => void;
}

interface Current extends CurrentWorker {
  readonly limits: Limits;
  readonly acquisition?: Acquisition;
}

const current = new AsyncLocalStorage<Current>();

/** Outside of a worker no pushes arrive: limiters are asked for their answers. */
const LIMITED: CurrentWorker = { isLimited: true, share: async () => undefined, stop: () => undefined };

/**
 * The limits of the worker that runs this activity, or those that {@link limited} used for this call. Never
 * `undefined`: without limits, it returns an empty set, which allows everything at no cost. Pass the types of your
 * set's config and keys, since TypeScript cannot infer them here.
 *
 * @example
 * const { region } = currentLimits<{ region: string }>().config ?? { region: 'eu' };
 */
export function currentLimits<Config extends object = JsonObject, Key extends string = string>(): Limits<Config, Key> {
  return (current.getStore()?.limits ?? UNLIMITED) as unknown as Limits<Config, Key>;
}

/**
 * What {@link limited} acquired for this activity. `undefined` outside of a limited activity.
 *
 * @example
 * const { fencingToken } = currentAcquisition() ?? { fencingToken: 0 };
 */
export function currentAcquisition(): Acquisition | undefined {
  return current.getStore()?.acquisition;
}

/** What a worker gives its activities; undefined in a worker without the plugin. */
export function currentWorker(): CurrentWorker | undefined {
  return current.getStore();
}

/** Runs an activity with these limits as its own. */
export function runWithLimits<T>(limits: Limits, body: () => T, worker: CurrentWorker = LIMITED): T {
  return current.run({ ...worker, limits }, body);
}

/** Runs the body of a limited activity, for which this was acquired of these limits. */
export function runWithAcquisition<T>(limits: Limits, acquisition: Acquisition, body: () => T): T {
  return current.run({ ...(current.getStore() ?? LIMITED), limits, acquisition }, body);
}
