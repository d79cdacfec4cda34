import { durationText } from '../errors/duration-text';
import type { InspectedLimit, Inspection, NextServed } from './inspection';
import { shellWord } from './shell-word';

/** The cause why acquisitions of a set wait. */
export type WhyCause =
  /** No request waits, or the next one is about to be served. */
  | 'NONE'
  /** A call or rate limit has no room. */
  | 'LIMIT'
  /** All permits of a resource limit are in use. */
  | 'PERMITS'
  /** An operator has paused the set, or the provider has asked for a pause. */
  | 'PAUSED'
  /** The provider does not serve the account. */
  | 'CIRCUIT'
  /** The next request is larger than the current capacity. */
  | 'TOO_BIG'
  /** The limiter has no room for more clients. */
  | 'FULL'
  /** No process polls the limiter's task queue. */
  | 'UNHOSTED'
  /** The limiter does not answer: its workflow tasks fail, or no worker completes them. */
  | 'STUCK'
  /** No limiter of this name is running. */
  | 'NOT_STARTED';

/** The one cause why a set's acquisitions wait. Plain JSON. */
export interface Why {
  /** Name of the set. */
  readonly set: string;
  /** The cause, as one word. */
  readonly cause: WhyCause;
  /** One or two sentences for a person. */
  readonly summary: string;
  /** What to do about it, if there is anything to do. */
  readonly advice?: string;
  /** The limit, for `LIMIT`, `PERMITS` and `TOO_BIG`. */
  readonly limit?: string;
  /** Waiting acquisitions. */
  readonly waiting: number;
  /** The client that is served next. */
  readonly client?: string;
  /** What it needs, by key. */
  readonly needs?: Readonly<Record<string, number>>;
  /** When it is expected to be served, or when the provider is tried again. Unit: milliseconds since the Unix epoch. */
  readonly expectedAt?: number;
}

/** Whether an operator has to act before what waits can be served. */
export function needsSomebody({ cause, expectedAt }: Why): boolean {
  switch (cause) {
    case 'NONE':
    case 'LIMIT':
    case 'PERMITS':
      return false;
    case 'PAUSED':
      // a pause that ends by itself needs no operator
      return expectedAt === undefined;
    case 'CIRCUIT':
    case 'TOO_BIG':
    case 'FULL':
    case 'UNHOSTED':
    case 'STUCK':
    case 'NOT_STARTED':
      return true;
  }
}

/** Why the acquisitions of a set wait whose limiter answers. */
export function whyOf(inspection: Inspection): Why {
  const { set, at, waiting, next, provider, control, turnedAway } = inspection;
  const of = {
    set,
    waiting,
    ...(next !== undefined && { client: next.client, needs: next.amounts }),
  };
  const { pause } = control;
  if (pause !== undefined) {
    const { by, reason, until } = pause;
    const why = reason === '' ? '' : `: ${JSON.stringify(reason)}`;
    return {
      ...of,
      cause: 'PAUSED',
      summary: `${by === '' ? 'An operator' : by} has paused the set${why}.`,
      advice: `\`temporal-limits resume ${shellWord(set)}\` ends the pause.`,
      ...(until !== undefined && { expectedAt: until }),
    };
  }
  if (provider !== undefined && provider.state !== 'OPEN') {
    const { state, cause = 'rate_limit', until } = provider;
    const retry = until === undefined ? '' : ` One request tries again ${within(until, at)}.`;
    return {
      ...of,
      cause: state,
      summary: `${state === 'PAUSED' ? 'The provider has asked for a pause' : 'The provider does not serve this account'} (${cause}).${retry}`,
      ...(state === 'CIRCUIT' && { advice: 'Check the key, the quota and the address of the account.' }),
      ...(until !== undefined && { expectedAt: until }),
    };
  }
  if (next !== undefined) return { ...of, ...whyNext(inspection, next) };
  if (turnedAway > 0)
    return {
      ...of,
      cause: 'FULL',
      summary: `The limiter has no room for more clients: about ${turnedAway} were turned away, and will come back.`,
      advice: 'Use fewer processes, or several sets.',
    };
  return { ...of, cause: 'NONE', summary: 'No request waits.' };
}

function whyNext(
  { set, limits, control, at: now }: Inspection,
  { amounts, bindingLimit, expectedAt }: NextServed,
): Pick<Why, 'cause' | 'summary' | 'advice' | 'limit' | 'expectedAt'> {
  const limit = limits.find(({ key }) => key === bindingLimit);
  const expected = expectedAt === undefined ? {} : { expectedAt };
  if (limit === undefined)
    return { cause: 'NONE', summary: 'There is room: the next request is about to be served.', ...expected };
  const { key, kind, capacity, defined, started, granted } = limit;
  const needed = amounts[key] ?? 0;
  if (needed > capacity) {
    return {
      cause: 'TOO_BIG',
      limit: key,
      summary: `The next request needs ${needed} of ${key}, but the capacity is ${capacity} now (the code defines ${defined}).`,
      advice: adviceTooBig(set, limit, needed, control.capacity[key]?.until),
    };
  }
  const taken = `${started} of ${capacity} ${kind === 'resource' ? 'in use' : 'used'}${granted > 0 ? `, ${granted} granted` : ''}`;
  const when = expectedAt === undefined ? '' : ` Room for it is expected ${within(expectedAt, now)}.`;
  const cause = kind === 'resource' ? 'PERMITS' : 'LIMIT';
  return {
    cause,
    limit: key,
    summary: `${key} has no room: ${taken}; the next request needs ${needed}.${when}`,
    ...(cause === 'PERMITS' && {
      advice: `\`temporal-limits stats ${shellWord(set)}\` shows which clients hold the permits.`,
    }),
    ...expected,
  };
}

/** Whether a request is too large only for what an operator has set: it fits what the code defines. */
export function isTooBigByOperator({ source, defined }: InspectedLimit, needed: number): boolean {
  return source === 'operator' && needed <= defined;
}

function adviceTooBig(set: string, limit: InspectedLimit, needed: number, until: number | undefined): string {
  if (isTooBigByOperator(limit, needed)) {
    const reset = `\`temporal-limits reset ${shellWord(set)} ${shellWord(limit.key)}\` restores the capacity in the code`;
    return `${until === undefined ? reset : `Wait until the change ends, or end it: ${reset}`}.`;
  }
  switch (limit.source) {
    case 'provider':
      return 'The provider has lowered it: request less at once, or ask the provider for more.';
    case 'adaptive':
      return 'It has adapted to what the provider accepts: request less at once, or wait until it has grown again.';
    case 'operator':
    case 'code':
      return 'Raise the capacity, or request less at once.';
  }
}

function within(moment: number, now: number): string {
  const seconds = (moment - now) / 1_000;
  return seconds < 1 ? 'now' : `in ${durationText(seconds)}`;
}
