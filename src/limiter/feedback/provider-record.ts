import type { LimitDefinition } from '../definition/definition';
import { begunWith, within } from './adaptive-capacity';
import type { LimitFindings } from './found-limits';
import type { Observation, ProviderFault } from './observation';
import type { ProviderState, Suspension, SuspensionCause } from './provider-state';
import type { SeenLimit } from './seen-limits';

/** What is known about the provider behind a limit set. */
export interface ProviderStats {
  /** `OPEN`, or the kind of suspension. */
  readonly state: 'OPEN' | Suspension['kind'];
  /** The cause of the suspension. */
  readonly cause?: SuspensionCause;
  /**
   * When one request may try, unless it is open. Absent if an operator has paused the set without an end. Unit:
   * milliseconds since the Unix epoch.
   */
  readonly until?: number;
  /** Observed answers that show that the provider serves, including refusals of bad requests. */
  readonly answered: number;
  /** Observed throttles. */
  readonly throttled: number;
  /** Observed failures of the account or the provider. */
  readonly failed: number;
  /** Observations, and fields about limits, that could not be read. */
  readonly ignored: number;
  /** What the provider last reported about its limits, as observed in this process. */
  readonly seen: readonly SeenLimit[];
  /** The guard, while it is wider than defined. Unit: milliseconds. */
  readonly guardMs?: number;
  /** Limits whose size, as reported by the provider, differs from the definition; by key. */
  readonly drift?: Readonly<Record<string, LimitDrift>>;
  /** Adaptive limits whose capacity differs from the definition, by key. */
  readonly adaptive?: Readonly<Record<string, AdaptedLimit>>;
  /** Total units of each limit that were charged because others used them, by key. */
  readonly usedByOthers?: Readonly<Record<string, number>>;
}

/** How a provider's limit differs from its definition. */
export interface LimitDrift {
  /** Units per window, as defined here. */
  readonly defined: number;
  /** Units per window, as the provider last reported. */
  readonly reported: number;
}

/** The current state of an adaptive limit. */
export interface AdaptedLimit {
  /** Units per window, or permits, as defined. */
  readonly defined: number;
  /** Units per window, or permits, that count now. */
  readonly capacity: number;
}

/** What the provider said of the limits, and what was found out of them, as stats show it. */
export function limitStats(
  limits: readonly LimitDefinition[],
  { limits: known = {}, adaptive = {} }: LimitFindings,
): Pick<ProviderStats, 'drift' | 'adaptive' | 'usedByOthers'> {
  const drift = limits.flatMap(({ key, capacity: defined }): [string, LimitDrift][] => {
    const { reported = 0 } = known[key] ?? {};
    return reported === 0 || reported === defined ? [] : [[key, { defined, reported }]];
  });
  const others = limits.flatMap(({ key }): [string, number][] => {
    const { usedByOthers = 0 } = known[key] ?? {};
    return usedByOthers === 0 ? [] : [[key, usedByOthers]];
  });
  const adapted = limits.flatMap((limit): [string, AdaptedLimit][] => {
    const { key, capacity: defined } = limit;
    const state = adaptive[key];
    if (state === undefined || !begunWith(state, limit)) return [];
    const capacity = within(limit, state.capacity);
    return capacity === defined ? [] : [[key, { defined, capacity }]];
  });
  return {
    ...(drift.length > 0 && { drift: Object.fromEntries(drift) }),
    ...(adapted.length > 0 && { adaptive: Object.fromEntries(adapted) }),
    ...(others.length > 0 && { usedByOthers: Object.fromEntries(others) }),
  };
}

/** Counts what was observed; totals only grow. */
export class ProviderRecord {
  answered = 0;
  throttled = 0;
  failed = 0;
  ignored = 0;
  #seen = new Map<string, SeenLimit>();

  add({ outcome, seen, ignored }: Observation): void {
    if (outcome === 'ok') this.answered += 1;
    else if (outcome === 'throttled') this.throttled += 1;
    else if (outcome === 'failed') this.failed += 1;
    this.ignored += ignored + (outcome === 'unknown' ? 1 : 0);
    for (const limit of seen) this.#seen.set(limit.name, limit);
    // the oldest first: names are the provider's, and may be any
    for (const name of this.#seen.keys()) {
      if (this.#seen.size <= MOST_NAMES) break;
      this.#seen.delete(name);
    }
  }

  /** What headers said, and how much could not be read: both stay in the process that heard it. */
  get heard(): Pick<ProviderStats, 'ignored' | 'seen'> {
    return { ignored: this.ignored, seen: [...this.#seen.values()] };
  }

  stats(state: Pick<ProviderState, 'suspension'>): ProviderStats {
    const { answered, throttled, failed } = this;
    return { ...suspensionStats(state), answered, throttled, failed, ...this.heard };
  }
}

/** Whether a provider's set is open, and if not, why and until when. */
export function suspensionStats({
  suspension,
}: Pick<ProviderState, 'suspension'>): Pick<ProviderStats, 'state' | 'cause' | 'until'> {
  if (suspension === undefined) return { state: 'OPEN' };
  const { kind, cause, until } = suspension;
  return { state: kind, cause, until: Math.ceil(until) };
}

const MOST_NAMES = 16;

const FAULTS: Readonly<Record<ProviderFault, string>> = {
  rate_limit: 'said that a limit is reached',
  overloaded: 'said that it is overloaded',
  unauthorized: 'does not accept the credentials (401)',
  forbidden: 'forbids it (403)',
  insufficient_quota: "said that the account's quota is used up",
  unreachable: 'cannot be reached',
  server_error: 'answers with server errors',
};

/** A pause that ends later than this has no end of its own. Unit: milliseconds. */
const FOREVER_MS = 10 * 366 * 86_400_000;

export function isSuspensionCause(value: unknown): value is SuspensionCause {
  return value === 'operator' || isProviderFault(value);
}

export function isProviderFault(value: unknown): value is ProviderFault {
  return typeof value === 'string' && Object.hasOwn(FAULTS, value);
}

/** Why nothing starts, for the errors of waiting requests; nothing if all may. */
export function whySuspended({ suspension }: Pick<ProviderState, 'suspension'>, now: number): string | undefined {
  if (suspension === undefined) return undefined;
  const { kind, cause, until, probe, reason = '' } = suspension;
  const ms = Math.max(0, Math.ceil(until - now));
  if (cause === 'operator') {
    const why = reason === '' ? '' : ` (${JSON.stringify(reason)})`;
    return `${kind}: an operator has paused the set${why}; it continues ${ms > FOREVER_MS ? 'when it is resumed' : `in ${ms} ms`}`;
  }
  const next = probe === undefined ? `one request tries again in ${ms} ms` : 'one request is trying again';
  return `${kind}: the provider ${FAULTS[cause]} (${cause}); ${next}`;
}
