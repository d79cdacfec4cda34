import type { InspectedLimit, Inspection } from '../../limiter/control/inspection';

/** How a set is, as commands, metrics and the dashboard call it. */
export type SetState = 'serving' | 'waiting' | 'paused' | 'throttled' | 'circuit_open' | 'unanswered';

/** What a state means, and how urgent it is. */
interface Meaning {
  readonly means: string;
  readonly tone: 'ok' | 'watch' | 'info' | 'bad';
}

export const SET_STATES: Readonly<Record<SetState, Meaning>> = {
  serving: { tone: 'ok', means: 'no request waits' },
  waiting: { tone: 'watch', means: 'requests wait until their limits have room' },
  paused: { tone: 'info', means: 'an operator has stopped the set' },
  throttled: { tone: 'watch', means: 'the provider has asked for a pause' },
  circuit_open: { tone: 'bad', means: 'the provider does not serve the account' },
  unanswered: { tone: 'bad', means: 'no host runs its limiter, or its payloads are encoded' },
};

/** The state of a set whose limiter answers. What stops all of it comes before what some wait for. */
export function stateOf({
  control,
  provider,
  waiting,
}: Pick<Inspection, 'control' | 'provider' | 'waiting'>): SetState {
  if (control.pause !== undefined) return 'paused';
  if (provider?.state === 'CIRCUIT') return 'circuit_open';
  if (provider?.state === 'PAUSED') return 'throttled';
  return waiting > 0 ? 'waiting' : 'serving';
}

/** A state in words. */
export function stateName(state: SetState): string {
  return state.replaceAll('_', ' ');
}

/** What is not free of a limit: over its capacity only in debt, since units of a later window are granted ahead. */
export function takenOf({ started, granted, capacity }: InspectedLimit): number {
  return Math.max(started, Math.min(capacity, started + granted));
}

/** A limit, and the share of its capacity that is not free: from 0, over 1 in debt. */
export interface TakenShare {
  readonly limit: string;
  readonly taken: number;
}

/** The limit of which the largest share is taken; nothing of a set without limits. */
export function fullestOf(limits: readonly InspectedLimit[]): TakenShare | undefined {
  return limits
    .map((limit) => ({ limit: limit.key, taken: limit.capacity > 0 ? takenOf(limit) / limit.capacity : 1 }))
    .reduce<TakenShare | undefined>((most, each) => (each.taken > (most?.taken ?? -1) ? each : most), undefined);
}
