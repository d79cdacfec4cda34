import { AsyncLocalStorage } from 'node:async_hooks';
import type { Acquisition } from '../../acquire/set/acquisition';
import { UNLIMITED, type Limits } from './worker-limits';

interface Current {
  readonly limits: Limits;
  readonly acquisition?: Acquisition;
}

const current = new AsyncLocalStorage<Current>();

/**
 * The limits of the worker that runs this activity. Never undefined: without limits it is an empty set, which allows
 * everything at no cost, so an activity can be written as if there were some.
 */
export function currentLimits(): Limits {
  return current.getStore()?.limits ?? UNLIMITED;
}

/** What {@link limited} acquired for this activity; undefined outside of a limited activity. */
export function currentAcquisition(): Acquisition | undefined {
  return current.getStore()?.acquisition;
}

/** Runs an activity with these limits as its own. */
export function runWithLimits<T>(limits: Limits, body: () => T): T {
  return current.run({ limits }, body);
}

/** Runs the body of a limited activity. */
export function runWithAcquisition<T>(acquisition: Acquisition, body: () => T): T {
  return current.run({ limits: currentLimits(), acquisition }, body);
}
