import { type Client } from '@temporalio/client';
import { LimitSet } from '../../client/sets/limit-set';
import { type LimitSetOptions } from '../../client/sets/limit-set-options';
import { type LimitJSON } from '../../limiter/definition/limits';
import { type BatchSet } from '../config/config';

/**
 * Many processes on one machine make each other's requests late at times, and so does a new TLS connection: by this much,
 * or this share of the shortest window, whichever is more.
 */
const GUARD_MS = 100;
const GUARD_SHARE = 0.025;
/** A longer guard would protect from nothing more. */
const MOST_GUARD_MS = 500;

/**
 * The limit set that a set of the config stands for, shared by its name through Temporal. Every process that shares it must
 * open it this way. It carries no key.
 */
export function openLimitSet(set: BatchSet, client?: Client): LimitSet {
  return new LimitSet({ ...limitSetOptions(set), ...(client !== undefined && { client }) });
}

/** What {@link openLimitSet} opens. */
export function limitSetOptions({ name, version, maxWaiting, limits }: BatchSet): LimitSetOptions {
  return {
    name,
    mode: 'temporal',
    limits,
    algorithm: 'SlidingWindow',
    guardMs: guardFor(limits),
    ...(version !== undefined && { version }),
    ...(maxWaiting !== undefined && { maxWaiting }),
  };
}

function guardFor(limits: readonly LimitJSON[]): number {
  const windows = limits.flatMap((limit) => (limit.kind === 'resource' ? [] : [limit.windowSeconds * 1000]));
  return Math.min(MOST_GUARD_MS, Math.max(GUARD_MS, Math.round(Math.min(...windows) * GUARD_SHARE)));
}
