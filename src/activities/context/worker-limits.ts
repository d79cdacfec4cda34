import type { AcquireOptions, TryAcquireOptions } from '../../acquire/set/acquire-options';
import type { Acquisition } from '../../acquire/set/acquisition';
import { LimitPool } from '../../client/sets/limit-pool';
import { LimitSet } from '../../client/sets/limit-set';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import type { Limit } from '../../limiter/definition/limits';

/**
 * What a worker may be given as its limits: a set (shared by its name), a pool, a list of limits (private to the worker),
 * a list of sets (a pool; each worker starts at its own offset), or nothing.
 */
export type WorkerLimits = LimitSet | LimitPool | readonly Limit[] | readonly LimitSet[] | undefined;

/** What activities see of their worker's limits: a set and a pool alike. */
export interface Limits {
  /** As of a `LimitSet`, or of a `LimitPool`: waits its turn and takes what is requested, of all limits together. */
  acquire(options?: AcquireOptions): Promise<Acquisition>;
  /** Takes what is requested if it is free at once. */
  tryAcquire(options?: TryAcquireOptions): Promise<Acquisition>;
  /** Acquires, runs the body, and releases whatever happens. */
  use<T>(options: AcquireOptions, body: (slot: Acquisition) => T | PromiseLike<T>): Promise<T>;
}

/** Allows everything at no cost. */
export const UNLIMITED: LimitSet = new LimitSet({ limits: [] });

/** How many workers of this process have been given a list of sets. */
let workers = 0;

/**
 * One set or pool from any of the shapes.
 *
 * @throws {@link InvalidLimitError} for anything else, or a list that mixes limits and sets
 */
export function normalizeLimits(limits: WorkerLimits, workerIndex?: number): LimitSet | LimitPool {
  if (limits === undefined) return UNLIMITED;
  if (limits instanceof LimitSet || limits instanceof LimitPool) return limits;
  if (!Array.isArray(limits))
    throw new InvalidLimitError('limits', 'expected a limit set, a pool, or a list of limits or sets');
  const sets = limits.filter((item): item is LimitSet => item instanceof LimitSet);
  if (sets.length === 0) return new LimitSet({ limits: limits as readonly Limit[], shared: false });
  if (sets.length < limits.length) throw new InvalidLimitError('limits', 'a list holds either limits or limit sets');
  const pool = new LimitPool({ limitSets: sets, workerIndex: workerIndex ?? workers });
  workers += 1;
  return pool;
}

/** Every limit set among a worker's limits. */
export function setsOf(limits: LimitSet | LimitPool): readonly LimitSet[] {
  return limits instanceof LimitPool ? limits.limitSets : [limits];
}
