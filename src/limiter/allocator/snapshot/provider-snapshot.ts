import { isAmount, isCount } from '../../checks/numbers-check';
import type { AdaptiveCapacity } from '../../feedback/adaptive-capacity';
import type { LimitFindings } from '../../feedback/found-limits';
import { isProviderFault } from '../../feedback/provider-record';
import { UNHEARD, type ProviderState } from '../../feedback/provider-state';
import type { FreeOfLate, ProviderLimit } from '../../feedback/use-by-others';
import type { WidenedGuard } from '../../feedback/widened-guard';

/** What a limiter remembers of its provider; plain JSON. */
export interface ProviderSnapshot extends LimitFindings {
  readonly state: ProviderState;
  /** The client whose request tries first. */
  readonly prober?: string;
  /** Answers that were observed in all. */
  readonly counts: readonly [ok: number, throttled: number, failed: number];
}

/** Whether a snapshot's part is one that can be restored; nothing is, too. */
export function isProviderSnapshot(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const {
    state,
    prober,
    counts,
    limits = {},
    free = {},
    guard,
    adaptive = {},
  } = value as Partial<Record<keyof ProviderSnapshot, unknown>>;
  if (prober !== undefined && typeof prober !== 'string') return false;
  if (!Array.isArray(counts) || counts.length !== 3 || !counts.every(isCount)) return false;
  return areLimits(limits) && isFree(free) && isGuard(guard) && areAdaptive(adaptive) && isState(state);
}

function areAdaptive(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((each) => {
    const fields = (each ?? {}) as Partial<Record<keyof AdaptiveCapacity, unknown>>;
    const { capacity, from = capacity, ceiling, proven, step, since, loweredAt, taken } = fields;
    return [capacity, from, ceiling, proven, step, taken].every(isAmount) && [since, loweredAt].every(Number.isFinite);
  });
}

function isFree(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isNote = (note: unknown): boolean =>
    Array.isArray(note) && (note.length === 1 || note.length === 2) && note.every(Number.isFinite);
  return Object.values(value).every((each) => {
    const { partMs, notedAt = 0, notes } = (each ?? {}) as Partial<Record<keyof FreeOfLate, unknown>>;
    return isAmount(partMs) && Number.isFinite(notedAt) && Array.isArray(notes) && notes.every(isNote);
  });
}

function isGuard(value: unknown): boolean {
  if (value === undefined) return true;
  const { guardMs, since } = (value ?? {}) as Partial<Record<keyof WidenedGuard, unknown>>;
  return isAmount(guardMs) && Number.isFinite(since);
}

function areLimits(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((limit) => {
    const { reported, usedByOthers } = (limit ?? {}) as Partial<Record<keyof ProviderLimit, unknown>>;
    return isAmount(reported) && isAmount(usedByOthers);
  });
}

function isState(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { suspension, ...numbers } = value as Partial<Record<keyof ProviderState, unknown>>;
  const model: Partial<ProviderState> = UNHEARD;
  if (!Object.keys(model).every((key) => Number.isFinite(numbers[key as keyof typeof numbers]))) return false;
  if (suspension === undefined) return true;
  if (typeof suspension !== 'object' || suspension === null) return false;
  const { kind, cause, until, probe } = suspension as Readonly<Record<string, unknown>>;
  if ((kind !== 'PAUSED' && kind !== 'CIRCUIT') || !isProviderFault(cause) || !Number.isFinite(until)) return false;
  if (probe === undefined) return true;
  const { number, until: waitsUntil } = (probe ?? {}) as Readonly<Record<string, unknown>>;
  return isCount(number) && Number.isFinite(waitsUntil);
}
