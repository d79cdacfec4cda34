import type { Fleet } from '../../../simulator/fleet/fleet';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';
import type { AlgorithmName } from '../../../src/limiter/algorithms/algorithm';
import type { SetDefinition } from '../../../src/limiter/definition/definition';

/** What sums of fractions may be off by. */
export const EPSILON = 1e-6;

/** Longer than any lease, window or timeout. */
const DRAIN_MS = 90_000;

/** Limits of every kind: on calls, on connections, and on two kinds of tokens, one of them in fractions. */
export function everyLimit({
  algorithm,
  callCapacity,
  connections,
  windowMs,
}: {
  readonly algorithm: AlgorithmName;
  readonly callCapacity: number;
  readonly connections: number;
  readonly windowMs: number;
}): SetDefinition {
  return defined([
    calls(callCapacity, windowMs),
    { ...tokens(10_000, windowMs, 'input'), algorithm },
    { ...tokens(7.5, windowMs, 'output'), algorithm: 'SlidingWindow' },
    permits(connections),
  ]);
}

/** Lets everything end: no process wants anything more, every window passes. */
export async function comeToRest(fleet: Fleet): Promise<void> {
  for (const process of fleet.processes) process.stop();
  await fleet.runFor(DRAIN_MS);
}

/** What the limiter still counts as taken, and which runs it still knows, once nothing is. */
export function leftovers(fleet: Fleet): unknown[] {
  const { allocator, now } = fleet.limiter;
  if (allocator === undefined) return [];
  const { clients, ledger } = allocator.snapshot();
  return [
    ...Object.entries(allocator.stats(now).limits).filter(([, limit]) => limit.available < limit.capacity - EPSILON),
    // what has landed is moved when it is next looked at
    ...ledger.filter(({ held, landing = [] }) => landing.reduce((rest, { amount }) => rest - amount, held) > EPSILON),
    ...clients.filter(({ run, permits }) => run !== undefined || [...permits.kept, ...permits.cap].some((n) => n > 0)),
  ];
}

/** Connections in use at once, at the most so far. */
export function connectionsAtMost(fleet: Fleet): number {
  return fleet.providers.permits.get('connections')?.most ?? 0;
}
