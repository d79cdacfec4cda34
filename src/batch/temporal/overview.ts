import { type LimitsAdmin, type ListedSet } from '../../client/admin/limits-admin';
import { type InspectedLimit, type Inspection } from '../../limiter/control/inspection';
import { LimiterUnavailableError, NoLimiterError } from '../../limiter/errors/limiter-errors';
import { inSlices } from './in-slices';

/** The sets of a namespace. */
export type Sets = Pick<LimitsAdmin, 'list' | 'set'>;

/**
 * `paused`: an operator has stopped it. `throttled`: its provider has asked to be left alone for a while. `aside`: its provider
 * does not serve the account. `unanswered`: no host runs its limiter, or its payloads are encoded.
 */
export type SetState = 'serving' | 'paused' | 'throttled' | 'aside' | 'unanswered';

/** One set at a glance. Plain JSON; what a limiter did not answer is null. */
export interface SetOverview {
  readonly set: string;
  readonly state: SetState;
  /** When the limiter's current run began; a limiter that is used continues as new. ISO 8601. */
  readonly runStartedAt: string;
  readonly taskQueue: string;
  /** Processes and workflow runs that share the set. */
  readonly clients: number | null;
  /** Acquisitions that wait. */
  readonly waiting: number | null;
  /** How long the oldest of them has waited. Unit: milliseconds. */
  readonly oldestWaitMs: number | null;
  /** The limit of which most is taken, and how much. Range of `taken`: 0 to 1. */
  readonly fullest: { readonly limit: string; readonly taken: number } | null;
}

/** Every set whose limiter runs, by name. */
export async function takeOverview(admin: Sets): Promise<SetOverview[]> {
  return inSlices(await admin.list(), async (listed) => overviewOf(listed, await inspected(admin, listed.set)));
}

/** What a set shows of itself, if its limiter answers. */
export async function inspected(admin: Sets, set: string): Promise<Inspection | undefined> {
  try {
    return await admin.set(set).inspect({ clients: 0 });
  } catch (error) {
    if (error instanceof LimiterUnavailableError || error instanceof NoLimiterError) return undefined;
    throw error;
  }
}

function overviewOf({ set, runStartedAt, taskQueue }: ListedSet, inspection: Inspection | undefined): SetOverview {
  const known = { set, runStartedAt, taskQueue };
  if (inspection === undefined) {
    return { ...known, state: 'unanswered', clients: null, waiting: null, oldestWaitMs: null, fullest: null };
  }
  const { at, numClients, waiting, waitingSince, limits } = inspection;
  const oldestWaitMs = waitingSince === undefined ? null : Math.max(0, at - waitingSince);
  return { ...known, state: stateOf(inspection), clients: numClients, waiting, oldestWaitMs, fullest: fullest(limits) };
}

/** Whether a set serves, and what keeps it from that. */
export function stateOf({ control, provider }: Inspection): SetState {
  if (control.pause !== undefined) return 'paused';
  if (provider === undefined || provider.state === 'OPEN') return 'serving';
  return provider.state === 'PAUSED' ? 'throttled' : 'aside';
}

/** How much of a limit is used or handed out. */
function takenShare({ capacity, free }: Pick<InspectedLimit, 'capacity' | 'free'>): number {
  return capacity > 0 ? Math.min(1, Math.max(0, 1 - free / capacity)) : 1;
}

function fullest(limits: readonly InspectedLimit[]): SetOverview['fullest'] {
  const [first] = limits
    .map((limit) => ({ limit: limit.key, taken: takenShare(limit) }))
    .sort((a, b) => b.taken - a.taken);
  return first ?? null;
}
