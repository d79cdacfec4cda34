import type { AcquireOptions, TryAcquireOptions } from '../../acquire/set/acquire-options';
import type { Acquisition } from '../../acquire/set/acquisition';
import { configuredDefault } from '../../acquire/set/defaults';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { LimitPool, type LimitPoolStats } from '../../client/sets/limit-pool';
import { LimitSet, type LimitSetStats } from '../../client/sets/limit-set';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import type { Waiting } from './heartbeat';
import type { Limit } from '../../limiter/definition/limits';

/** A limit set or a pool of any config and keys. */
export type AnyLimits = LimitSet<object> | LimitPool<object>;

/**
 * The limits of a worker: a set (shared by its name), a pool, a list of limits (private to the worker), a list of sets
 * (a pool; the workers of one process start at different sets), or nothing.
 */
export type WorkerLimits =
  LimitSet<object> | LimitPool<object> | readonly Limit[] | readonly LimitSet<object>[] | undefined;

/** A worker's limits, as its activities see them: a set or a pool. */
export interface Limits<Config extends object = JsonObject, Key extends string = string> {
  /** Name of the set or pool, if it has one. */
  readonly name: string | undefined;
  /** The config of the set. `undefined` for a pool, because each of its sets has its own: see `slot.config`. */
  readonly config: Readonly<Config> | undefined;
  /** Waits its turn, and then acquires all limits together. Throws as `LimitSet.acquire` does. */
  acquire(options?: AcquireOptions<Key>): Promise<Acquisition<Config, Key>>;
  /** Acquires without waiting. If something is not free, it takes nothing and `successful` is false. */
  tryAcquire(options?: TryAcquireOptions<Key>): Promise<Acquisition<Config, Key>>;
  /** Acquires, runs the body, and always releases. */
  use<T>(options: AcquireOptions<Key>, body: (slot: Acquisition<Config, Key>) => T | PromiseLike<T>): Promise<T>;
  /** Usage and waiting requests of the set, or of the pool and each of its sets. */
  getStats(): Promise<LimitSetStats | LimitPoolStats>;
}

/** Allows everything at no cost. */
export const UNLIMITED: LimitSet = new LimitSet({ limits: [] });

/** How many workers of this process have been given a list of sets. */
let workers = 0;

/** @throws {@link InvalidLimitError} for what is none of the five shapes, or a list that mixes limits and sets */
export function checkWorkerLimits(limits: WorkerLimits): void {
  if (limits === undefined || limits instanceof LimitSet || limits instanceof LimitPool) return;
  if (!Array.isArray(limits))
    throw new InvalidLimitError('limits', 'expected a limit set, a pool, or a list of limits or sets');
  const sets = setsIn(limits);
  // made once to be checked: each worker gets one of its own
  if (sets.length === 0) privateSet(limits);
  else if (sets.length < limits.length)
    throw new InvalidLimitError('limits', 'a list holds either limits or limit sets');
}

/**
 * The set or pool of one worker, from any of the shapes: a list of limits becomes a set that no other worker shares, a
 * list of sets a pool that starts where no other worker of the process does.
 */
export function limitsOfWorker(limits: WorkerLimits, workerIndex?: number): AnyLimits {
  if (limits === undefined) return UNLIMITED;
  if (limits instanceof LimitSet || limits instanceof LimitPool) return limits;
  const sets = setsIn(limits);
  if (sets.length === 0) return privateSet(limits);
  const offset = workerIndex ?? configuredDefault('workerIndex') ?? workers;
  workers += 1;
  return new LimitPool({ limitSets: sets, workerIndex: offset });
}

function privateSet(limits: readonly unknown[]): LimitSet {
  return new LimitSet({ limits: limits as readonly Limit[], shared: false });
}

function setsIn(list: readonly unknown[]): LimitSet<object>[] {
  return list.filter((item): item is LimitSet<object> => item instanceof LimitSet);
}

/** Every limit set among a worker's limits. */
export function setsOf(limits: AnyLimits): readonly LimitSet<object>[] {
  return limits instanceof LimitPool ? limits.limitSets : [limits];
}

/** What an activity tells that waits for them: of sets that a limiter keeps, their names, too. */
export function waitingFor(limits: AnyLimits): Waiting {
  const names = setsOf(limits).flatMap(({ mode, name }) => (mode === 'temporal' && name !== undefined ? [name] : []));
  return {
    waitingForLimits: lackOf(limits) ?? obstacleOf(limits) ?? 'there is no room yet',
    ...(names.length > 0 && { limitSets: names }),
  };
}

/** What the first that waits of each set lacks, where it is only that there is no room. */
function lackOf(limits: AnyLimits): string | undefined {
  const sets = setsOf(limits);
  const lacks = sets.flatMap(({ name = 'unnamed', lack }) =>
    lack === undefined ? [] : sets.length === 1 ? lack : `in "${name}", ${lack}`,
  );
  return lacks.length === 0 ? undefined : `there is no room yet: ${lacks.join('; ')}`;
}

/** Why none of the sets grants anything to those that wait, if it is not that others have the capacity. */
function obstacleOf(limits: AnyLimits): string | undefined {
  const obstacles = setsOf(limits).map(({ obstacle }) => obstacle);
  return obstacles.includes(undefined) ? undefined : [...new Set(obstacles)].join('; ');
}
