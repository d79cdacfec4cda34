import { type LimitsAdmin, type ListedSet } from '../../client/admin/limits-admin';
import { type Inspection } from '../../limiter/control/inspection';
import { askHosted } from '../../client/link/ask-hosted';
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

/** A set whose limiter runs, and what that shows of it, if it answers. */
export interface LookedAt extends ListedSet {
  readonly inspection: Inspection | undefined;
}

/** Every set whose limiter runs, by name. */
export async function takeOverview(admin: Sets): Promise<SetOverview[]> {
  return (await lookAtAll(admin)).map(overviewOf);
}

/** Looks at every set whose limiter runs, by name. */
export async function lookAtAll(admin: Sets): Promise<LookedAt[]> {
  const sets = await admin.list();
  const inspections = await askHosted(sets, ({ set }) => admin.set(set).inspect({ clients: 0 }));
  return sets.map((listed, i) => ({ ...listed, inspection: inspections[i] }));
}

function overviewOf({ set, runStartedAt, taskQueue, inspection }: LookedAt): SetOverview {
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
