import type { SetDefinition } from '../definition/definition';

/** How a limiter and its clients time what they say. Unit: milliseconds. */
export interface Pacing {
  /** Syncs of one client are at least so far apart, however urgent they are. */
  readonly gapMs: number;
  /** A client reports what lies idle so long after its last sync. */
  readonly soonMs: number;
  /** A client reports what it has used so long after its last sync. */
  readonly laterMs: number;
  /** Units are granted so far ahead. */
  readonly reachMs: number;
  /** As far ahead where grants are few, so that a push carries several. */
  readonly farthestMs: number;
  /**
   * Once what was granted reaches less far than this, the next are granted, or they would arrive too late. What comes back
   * while a request waits is reported so long after the last sync.
   */
  readonly marginMs: number;
  /** A grant may be started for so long. */
  readonly lifeMs: number;
  /** So long after the end of its interval a grant may still be reported. */
  readonly graceMs: number;
  /** A push that the client has not confirmed after this time is written again. */
  readonly repeatMs: number;
  /** A push that has not been answered for so long has no client that takes it. */
  readonly promptMs: number;
  /** Most pushes under way to one client. */
  readonly pushesAtOnce: 1 | 2;
  /** By so much later than on a server that keeps up a client hears of what it told. */
  readonly lateMs: number;
  /** A wait of the limiter that is not longer than this is to be exact: its error would be much of a window. */
  readonly exactMs: number;
}

/** Sparse traffic is not worth more messages than this, however short a window is. */
const SHORTEST_MS = 100;
/** What an exchange takes on a server that keeps up, with 64 busy clients. Only what it takes beyond that counts. */
export const PROMPT_MS = 250;
/** A timer of the server is late by up to a second, which is much of a window that is not longer than this. */
const SHORT_WINDOW_MS = 10_000;
/** An exact wait occupies a host of limiters, for so long at most. */
const LONGEST_EXACT_MS = 5_000;
/** A lag beyond this is an outage, not a pace. */
const LONGEST_LAG_MS = 10_000;

/**
 * A report or a grant later than a part of the shortest window would leave capacity unused. On a server that lags behind,
 * grants are spread by as much: more messages would not be carried sooner, and less would be granted with each.
 *
 * @param lagMs what an exchange takes of late, from the writing of a push to the reading of the reply
 */
export function pacingOf({ limits, timing: { horizonMs } }: SetDefinition, lagMs: number): Pacing {
  const windowMs = limits.reduce(
    (least, limit) => (limit.kind === 'resource' ? least : Math.min(least, limit.windowMs)),
    Infinity,
  );
  const lateMs = Math.max(0, Math.min(lagMs, LONGEST_LAG_MS) - PROMPT_MS);
  const reachMs = Math.min(2 * horizonMs, Math.max(SHORTEST_MS, windowMs / 4));
  return {
    gapMs: 10 + lateMs / 12,
    soonMs: reachMs,
    laterMs: Math.max(reachMs, Math.min(10 * horizonMs, windowMs / 3)),
    reachMs: reachMs + 2 * lateMs,
    farthestMs: Math.max(reachMs, Math.min(10 * horizonMs, windowMs / 8)) + 2 * lateMs,
    marginMs: Math.min(horizonMs / 2, Math.max(SHORTEST_MS / 2, windowMs / 8)) + lateMs,
    lifeMs: 4 * horizonMs + 2 * lateMs,
    graceMs: 3 * horizonMs + 2 * lateMs,
    repeatMs: 1_000 + 2 * lateMs,
    promptMs: 500 + lateMs,
    // until a push has been answered, how long an answer takes is not known
    pushesAtOnce: lagMs === 0 ? 1 : 2,
    lateMs,
    exactMs: windowMs <= SHORT_WINDOW_MS ? LONGEST_EXACT_MS : 0,
  };
}

/** How often a permit is taken to change hands while no holder has ended: a first burst should not wait to find out. */
const UNKNOWN_TURNS = 4;

/** A client's permits of one limit. */
interface PermitUse {
  /** The most that it may have in use. */
  readonly cap: number;
  readonly inUse: number;
  /** How long an acquisition holds them; 0 if that is unknown. Unit: milliseconds. */
  readonly holdingMs: number;
}

/**
 * Whether a client's permits could carry a request, after those that come before it, in the time for which units
 * are granted ahead. One that they could not carry gets no units yet: a limiter grants them by this, and a client knows by
 * this which requests they are meant for.
 */
export function couldCarry(
  { cap, inUse, holdingMs }: PermitUse,
  amount: number,
  before: number,
  { reachMs, farthestMs }: Pick<Pacing, 'reachMs' | 'farthestMs'>,
): boolean {
  const turns = holdingMs === 0 ? UNKNOWN_TURNS : Math.max(2 * reachMs, farthestMs) / holdingMs;
  // however often they change hands, a request needs all of its own at once
  return amount <= cap && before + amount <= Math.max(0, cap - inUse) + Math.floor(cap * turns);
}

/** Part of the difference by which one exchange moves the lag, as in RFC 6298. */
const LAG_SHARE = 1 / 8;

/** What an exchange takes of late, now that another one has taken so long: less than nothing if a clock was set back. Unit: milliseconds. */
export function smoothedLag(lagMs: number, measuredMs: number): number {
  const tookMs = Math.max(0, measuredMs);
  return lagMs === 0 ? tookMs : lagMs + (tookMs - lagMs) * LAG_SHARE;
}

/**
 * If many clients call at once, an answer takes this many times the duration of the call: a server handles the calls to a
 * workflow one at a time, and dispatches its tasks only in between.
 */
const CALLS_TO_AN_ANSWER = 40;

/** What a client knows that waits for its first answer. */
export interface Unanswered {
  /** How often it has introduced itself. */
  readonly tries: number;
  /** What its last call took. Unit: milliseconds. */
  readonly callMs: number;
  /** By which it differs from others, from 0 to 1. */
  readonly jitter: number;
}

/**
 * How long after its last introduction such a client introduces itself again. Most likely the limiter has received it,
 * and repeating it faster than the server accepts it would leave no time for the answer. Unit: milliseconds.
 */
export function introductionGap(shortestMs: number, longestMs: number, { tries, callMs, jitter }: Unanswered): number {
  const gapMs = Math.max(shortestMs, CALLS_TO_AN_ANSWER * callMs) * 2 ** Math.max(0, tries - 1);
  return Math.min(gapMs, longestMs) * (0.5 + jitter / 2);
}
