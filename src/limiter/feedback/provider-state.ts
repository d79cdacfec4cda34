import type { Observation, ProviderFault } from './observation';

/** What the provider answered, or `operator` if an operator has paused the set. */
export type SuspensionCause = ProviderFault | 'operator';

/**
 * Why nothing may start at a provider for a while. `PAUSED`: it said that a limit is reached, or that it has too much to
 * do. `CIRCUIT`: it does not serve the account, as with a wrong key or an empty purse, or it cannot be reached.
 */
export interface Suspension {
  readonly kind: 'PAUSED' | 'CIRCUIT';
  readonly cause: SuspensionCause;
  /** From then on one request may try. Unit: milliseconds on the clock of the state's owner. */
  readonly until: number;
  /** The request that tries, and until when the others wait for its outcome. */
  readonly probe?: Probe;
  /** Why, in the words of the operator who has paused the set. */
  readonly reason?: string;
}

interface Probe {
  /** Probes are numbered from 1; no two have the same number. */
  readonly number: number;
  readonly until: number;
}

/** What is known of the provider behind one limit set; plain JSON. */
export interface ProviderState {
  readonly suspension?: Suspension;
  /** How many suspensions have followed each other. */
  readonly strikes: number;
  /** How many probes there were. */
  readonly probes: number;
  /** When the last suspension ended. */
  readonly openedAt: number;
  /** What was heard of late while it was open: the newest counts 1, each before it a little less. */
  readonly answered: number;
  readonly failed: number;
  readonly heardAt: number;
}

/** How long a suspension may be at most, whatever a provider asks for. Unit: milliseconds. */
export const DEFAULT_MAX_PAUSE_MS = 300_000;

/** The first pause without a hint; each that follows is twice as long, up to the most. Unit: milliseconds. */
const [FIRST_PAUSE_MS, MOST_PAUSE_MS] = [1_000, 30_000] as const;
/** So much of a pause may have passed when the probe before it is refused, since that could have started earlier. */
const MOST_OF_A_PAUSE_PAST = 1 / 8;
/** Where what the provider has asked for was too short, pauses grow as without a hint, up to this. Unit: milliseconds. */
const MOST_BEYOND_HINT_MS = 5_000;
/** The first wait before a probe of an account that failed. Each that follows is twice as long. Unit: milliseconds. */
const FIRST_CIRCUIT_MS = 10_000;
/** A suspension so soon after the last one follows it: what had ended it was no more than a moment. Unit: milliseconds. */
const RELAPSE_MS = 10_000;
/** So long others wait for the outcome of a probe: its answer may take long, or its process may have died. */
export const PROBE_MS = 60_000;

/** Each answer makes those before it count less. */
const DECAY = 0.93;
/** What was heard before so long says nothing of now. Unit: milliseconds. */
const MEMORY_MS = 60_000;
/** So many failures in a row suspend an account of which nothing else is known, and more than half of those of late another. */
const ENOUGH_FAILURES = 2.5;
/** What is the account's fault and will not pass by itself counts for as many as suspend it. */
const LASTING_WEIGHT = 3;
const LASTING: ReadonlySet<ProviderFault | undefined> = new Set(['unauthorized', 'forbidden', 'insufficient_quota']);

/** Whether it is the account's fault, and will not pass by itself. */
export function isLasting(cause: ProviderFault | undefined): boolean {
  return LASTING.has(cause);
}

/** Of a provider of which nothing has been heard. */
export const UNHEARD: ProviderState = {
  strikes: 0,
  probes: 0,
  openedAt: 0,
  answered: 0,
  failed: 0,
  heardAt: 0,
};

/** What an answer that a client has observed says, and when its call began. */
export interface Heard extends Pick<Observation, 'outcome' | 'cause' | 'holdMs'> {
  /** When the call began: what had begun before the last suspension ended says nothing new. */
  readonly startedAt: number;
}

/**
 * The state after an answer that is not a probe's.
 *
 * P1. No suspension ends later than the cap after the answer that it follows from.
 * P2. A suspension ends: at its end one request may try, and whatever its outcome, another one later.
 * P3. While it lasts, only a provider's own words move its end, and only to later.
 */
export function heard(state: ProviderState, answer: Heard, now: number, maxPauseMs: number): ProviderState {
  const { outcome, cause, holdMs, startedAt } = answer;
  if (outcome === 'unknown') return state;
  if (outcome === 'throttled' && holdMs !== undefined)
    return pausedUntil(state, answer, now + Math.min(holdMs, maxPauseMs), now);
  if (state.suspension !== undefined || startedAt < state.openedAt) return state;
  if (outcome === 'throttled') return suspended(state, 'PAUSED', cause, now, maxPauseMs);
  const scored = score(state, answer, now);
  const isEnough = scored.failed >= ENOUGH_FAILURES && scored.failed > scored.answered;
  return outcome === 'failed' && isEnough ? suspended(scored, 'CIRCUIT', cause, now, maxPauseMs) : scored;
}

/** The moment from which a request may start: now, if nothing is suspended. Unit: as of the state. */
export function opensAt({ suspension }: ProviderState, now: number): number {
  if (suspension === undefined) return now;
  const { until, probe } = suspension;
  return Math.max(now, until, probe?.until ?? now);
}

/** The state once a request is under way that finds out whether the provider serves again. Only when {@link opensAt} is now. */
export function probing(state: ProviderState, now: number): ProviderState {
  if (state.suspension === undefined) return state;
  const probes = state.probes + 1;
  return { ...state, probes, suspension: { ...state.suspension, probe: { number: probes, until: now + PROBE_MS } } };
}

/**
 * The state after a probe: one that was served ends the suspension, and so does one that was released without a report, since
 * callers that observe answers report failures. A probe that another has replaced changes nothing.
 */
export function probed(
  state: ProviderState,
  probe: number,
  { outcome, cause, holdMs }: Pick<Heard, 'outcome' | 'cause' | 'holdMs'>,
  now: number,
  maxPauseMs: number,
): ProviderState {
  const { suspension } = state;
  if (suspension?.probe?.number !== probe) return state;
  if (outcome === 'ok' || outcome === 'unknown') return opened(state, now);
  const { probe: _ended, ...rest } = suspension;
  const waiting = { ...state, suspension: rest };
  if (outcome === 'failed') return suspended(waiting, 'CIRCUIT', cause, now, maxPauseMs);
  const next = suspended(waiting, 'PAUSED', cause, now, maxPauseMs);
  if (holdMs === undefined || next.suspension === undefined) return next;
  const grown = Math.min(next.suspension.until, now + MOST_BEYOND_HINT_MS);
  return { ...next, suspension: { ...next.suspension, until: Math.max(grown, now + Math.min(holdMs, maxPauseMs)) } };
}

/** The state once all may start again. */
function opened({ suspension: _ended, ...state }: ProviderState, now: number): ProviderState {
  return { ...state, openedAt: now, answered: 0, failed: 0 };
}

function pausedUntil(state: ProviderState, { cause }: Heard, until: number, now: number): ProviderState {
  const { suspension } = state;
  if (suspension === undefined) {
    const next = suspended(state, 'PAUSED', cause, now, Infinity);
    return next.suspension === undefined ? next : { ...next, suspension: { ...next.suspension, until } };
  }
  return until <= suspension.until ? state : { ...state, suspension: { ...suspension, until } };
}

function suspended(
  state: ProviderState,
  kind: Suspension['kind'],
  cause: ProviderFault | undefined,
  now: number,
  maxPauseMs: number,
): ProviderState {
  const follows = state.suspension !== undefined || now - state.openedAt <= RELAPSE_MS;
  const strikes = follows ? state.strikes + 1 : 1;
  const [firstMs, mostMs] = kind === 'PAUSED' ? [FIRST_PAUSE_MS, MOST_PAUSE_MS] : [FIRST_CIRCUIT_MS, Infinity];
  const ms = Math.min(firstMs * 2 ** Math.min(strikes - 1, 20), mostMs, maxPauseMs);
  const reason = cause ?? (kind === 'PAUSED' ? 'rate_limit' : 'server_error');
  // from when the probe could start: the moments that probes take to start and to be refused would add up
  const from = Math.max(Math.min(state.suspension?.until ?? now, now), now - ms * MOST_OF_A_PAUSE_PAST);
  return { ...state, strikes, suspension: { kind, cause: reason, until: from + ms } };
}

function score(state: ProviderState, { outcome, cause }: Heard, now: number): ProviderState {
  const kept = now - state.heardAt > MEMORY_MS ? 0 : DECAY;
  const weight = isLasting(cause) ? LASTING_WEIGHT : 1;
  return {
    ...state,
    answered: state.answered * kept + (outcome === 'ok' ? 1 : 0),
    failed: state.failed * kept + (outcome === 'failed' ? weight : 0),
    heardAt: now,
  };
}
