import type { SetDefinition } from '../definition/definition';

/** How a limiter and its clients time what they say. Unit: milliseconds. */
export interface Pacing {
  /** A client tells what lies idle so long after its last sync. */
  readonly soonMs: number;
  /** A client tells what it has used so long after its last sync. */
  readonly laterMs: number;
  /** Units are granted so far ahead. */
  readonly reachMs: number;
  /** As far ahead where grants are few, so that a push carries several. */
  readonly farthestMs: number;
  /** Once what was granted reaches less far than this, the next are granted, or they would arrive too late. */
  readonly marginMs: number;
  /** A grant may be started for so long. */
  readonly lifeMs: number;
}

/** Sparse traffic is not worth more messages than this, however short a window is. */
const SHORTEST_MS = 100;

/** A report or a grant later than a part of the shortest window would leave capacity unused. */
export function pacingOf({ limits, timing: { horizonMs } }: SetDefinition): Pacing {
  const windowMs = limits.reduce(
    (least, limit) => (limit.kind === 'resource' ? least : Math.min(least, limit.windowMs)),
    Infinity,
  );
  const reachMs = Math.min(2 * horizonMs, Math.max(SHORTEST_MS, windowMs / 4));
  return {
    soonMs: reachMs,
    laterMs: Math.max(reachMs, Math.min(10 * horizonMs, windowMs / 3)),
    reachMs,
    farthestMs: Math.max(reachMs, Math.min(10 * horizonMs, windowMs / 8)),
    marginMs: Math.min(horizonMs / 2, Math.max(SHORTEST_MS / 2, windowMs / 8)),
    lifeMs: 4 * horizonMs,
  };
}
