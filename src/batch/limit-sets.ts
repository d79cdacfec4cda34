import { type Client } from '@temporalio/client';
import { LimitSet } from '../client/limit-set';
import { type LimitJSON } from '../limiter/limits';
import { type BatchSet } from './config';

/** A killed worker's permits are back after this long. */
const LEASE_MS = 10_000;
/** Many processes on one machine make each other's requests late by this much at times. */
const GUARD_MS = 100;

/**
 * The limit set that a set of the config stands for, shared by its name through Temporal: whoever shares it has to open it
 * this way. It carries no key.
 */
export function openLimitSet({ name, version, limits }: BatchSet, client?: Client): LimitSet {
  return new LimitSet({
    name,
    mode: 'temporal',
    limits: limits.map(chargeOverage),
    algorithm: 'SlidingWindow',
    leaseMs: LEASE_MS,
    guardMs: GUARD_MS,
    ...(version !== undefined && { version }),
    ...(client !== undefined && { client }),
  });
}

/** A provider that counts more than was expected must not cost an answer that has been paid for. */
function chargeOverage(limit: LimitJSON): LimitJSON {
  return limit.kind === 'rate' ? { overage: 'charge', ...limit } : limit;
}
