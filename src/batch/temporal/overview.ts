import { type LimitsAdmin, type ListedSet } from '../../client/admin/limits-admin';
import { type Inspection } from '../../limiter/control/inspection';
import { LimiterUnavailableError, NoLimiterError } from '../../limiter/errors/limiter-errors';
import { inSlices } from '../../client/link/in-slices';
import { fullestOf, type SetState, stateOf, type TakenShare } from './set-state';

/** The sets of a namespace. */
export type Sets = Pick<LimitsAdmin, 'list' | 'set'>;

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
  /** The limit of which most is taken. */
  readonly fullest: TakenShare | null;
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
  return {
    ...known,
    state: stateOf(inspection),
    clients: numClients,
    waiting,
    oldestWaitMs: waitingSince === undefined ? null : Math.max(0, at - waitingSince),
    fullest: fullestOf(limits) ?? null,
  };
}
