import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ChangeOutcome, ChangeRequest } from '../../limiter/control/change';
import type { Inspection, InspectOptions } from '../../limiter/control/inspection';
import type { Packed } from '../../limiter/allocator/snapshot/packed';
import type { AllocatorSnapshot, AllocatorStats } from '../../limiter/allocator/allocator';
import type { RunAddress } from '../../limiter/protocol/address';
import type { Push, Sync } from '../../limiter/protocol/wire';
import type { SetDefinition } from '../../limiter/definition/definition';

/** The task queue of limiters that read and write plain JSON, as the SDK does by default. */
export const LIMITER_TASK_QUEUE = 'temporal-limits';
const DEFAULT_ENCODING = 'json/plain';

/**
 * The task queue of the limiters whose payloads have these encodings. Each way of encoding has a queue of its own, so that
 * no host is given a limiter that it cannot read.
 */
export function limiterQueue(encodings: readonly string[]): string {
  const distinct = [...new Set(encodings)].sort().join('+');
  return distinct === DEFAULT_ENCODING ? LIMITER_TASK_QUEUE : `${LIMITER_TASK_QUEUE}:${distinct}`;
}

/** What follows it in the name of an activity is the queue of the limiters that read what the activity's worker writes. */
export const QUEUE_ACTIVITY_PREFIX = 'limitsQueue:';

/** The type under which a limiter workflow is registered. */
export const LIMITER_WORKFLOW = 'limiterWorkflow';

/** The id of the one limiter of a limit set. */
export function limiterId(limitSet: string): string {
  return `limits:${limitSet}`;
}

/** What {@link statsQuery} answers. */
export interface LimiterStats extends AllocatorStats {
  /** History events up to the newest workflow task, those of the runs before this one included. */
  readonly events: number;
  /** What is limited. A limiter of an earlier release does not tell. */
  readonly definition?: SetDefinition;
}

/** A client tells its limiter its whole state. */
export const syncSignal = defineSignal<[Sync]>('limits.sync');
/** Reports that the process at this push address has ended: what it held is free at once. */
export const endedSignal = defineSignal<[address: string]>('limits.ended');
/** The limiter tells a workflow run its whole lease. */
export const pushSignal = defineSignal<[Push]>('limits.push');
/** What the limiter counts, as of a moment. Unit: milliseconds since the epoch. */
export const statsQuery = defineQuery<LimiterStats, [now: number]>('limits.stats');
/** The newest push to a client, for one that has no task queue of its own. */
export const leaseQuery = defineQuery<Push | null, [client: string]>('limits.lease');

/** Everything there is to see of the set, as of a moment. Costs no history event. Unit: milliseconds since the epoch. */
export const inspectQuery = defineQuery<Omit<Inspection, 'set'>, [options: InspectOptions, now: number]>(
  'limits.inspect',
);
/** Makes a change that an operator asks for. Rejected with an `InvalidChangeError`, which changes nothing. */
export const controlUpdate = defineUpdate<ChangeOutcome, [ChangeRequest]>('limits.control');

/** The input of a limiter workflow. */
export interface LimiterInput {
  /** The definition of the limits. A client sends its own with its first sync. */
  readonly definition: SetDefinition;
  /** The state of the previous run. */
  readonly state?: AllocatorSnapshot | Packed;
  /** History events of all previous runs. @default 0 */
  readonly events?: number;
  /**
   * Events of history after which a run continues as new, or four for each client whose state it began with if that is more,
   * up to 1,000. Later runs do the same. Unit: events. Range: from 50, which the first exchange with a few clients takes, to
   * below 4,096, at which the server asks for it anyway. @default 1000; clients ask for `RUN_EVENTS`
   */
  readonly maxEvents?: number;
  /**
   * How long the limiter stays with nothing to remember before it completes. The next sync starts it again. Unit:
   * milliseconds. Range: from 0. @default 600000
   */
  readonly endsAfterMs?: number;
}

/** What a limiter is given in place of a payload that its host cannot read because it is encoded otherwise. */
export interface UnreadablePayload {
  /** The encoding that the payload names. */
  readonly unreadableEncoding: string;
}

/** The activities that a client's own task queue serves. */
export interface PushActivities {
  /** Hands a push to the client it is for; what comes back is that client's state, if it has something to tell. */
  limitsPush(push: Push): Promise<Sync | undefined>;
}

/** The activities that every host of limiters serves, on the limiters' own task queue. */
export interface HostActivities {
  /** Finds out which of these workflow runs are closed: their run ids. One of which that is not known counts as open. */
  limitsProbe(runs: readonly RunAddress[]): Promise<readonly string[]>;
  /** Resolves after so long, by the host's own timer. Unit: milliseconds. */
  limitsWake(afterMs: number): Promise<void>;
}

/**
 * If the host of a limiter is killed within a workflow task, the limiter stands still until the server gives that task
 * up. Not shorter: with eight runnable processes for each core a task takes up to 4 s, and one that is given up
 * has the whole run replayed. From the fourth try on the server gives more time, so that none is tried forever.
 */
export const LIMITER_TASK_TIMEOUT = '5s';

/** Few enough to be replayed in a few tenths of a second. Unit: events. */
export const RUN_EVENTS = 250;

interface LimiterStart {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly workflowTaskTimeout: typeof LIMITER_TASK_TIMEOUT;
  /** What Temporal's own pages show of it. */
  readonly staticSummary: string;
  readonly args: [LimiterInput];
}

/** How the first client that needs the limiter of a set starts it. */
export function limiterStart(limitSet: string, definition: SetDefinition, taskQueue: string): LimiterStart {
  return {
    workflowId: limiterId(limitSet),
    taskQueue,
    workflowTaskTimeout: LIMITER_TASK_TIMEOUT,
    staticSummary: `Limiter of the set ${JSON.stringify(limitSet)}`,
    args: [{ definition, maxEvents: RUN_EVENTS }],
  };
}
