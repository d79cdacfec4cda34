import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { type Client, type WorkflowHandle } from '@temporalio/client';
import { RECALLED, type ItemActivities } from '../../workflows/batch/batch-protocol';
import { limiterId, endedSignal } from '../../workflows/limiter/protocol';

/** A worker process that has died. */
export interface LostWorker {
  /** As what it polled. */
  readonly identity: string;
  /** Where it heard from the limiters; empty if it had not come so far. */
  readonly pushQueue: string;
}

/** Where something of it may be left. */
export interface ReclaimTargets {
  readonly client: Client;
  readonly workflowIds: readonly string[];
  readonly limitSets: readonly string[];
}

/**
 * Whether what happened to an item counts as an attempt. It does where a worker ends under a command that runs: an item that
 * ends every worker must not do so forever. It does not where everything ended: that was not the item's doing.
 */
export type CountsAs = 'attempt' | 'none';

const COMPLETE_ITEMS: keyof ItemActivities = 'completeItems';
/** The state of an activity that a worker has taken, as the server numbers it. */
const STARTED = 2;
/** A task may still have been handed to a process that was just gone. */
const LOOK_AGAIN_MS = 500;
const LOOKS = 3;

/**
 * Takes back what dead processes held: their limits at once, not when their leases end, and their items, which are tried
 * again at once and not when their heartbeats are missed. Only ever a gain: what fails here comes back later by itself.
 */
export async function reclaim(lost: readonly LostWorker[], targets: ReclaimTargets, countsAs: CountsAs): Promise<void> {
  if (lost.length === 0) return;
  await Promise.all([endLeases(lost, targets), failTasks(lost, targets, countsAs)]).catch(() => undefined);
}

async function endLeases(lost: readonly LostWorker[], { client, limitSets }: ReclaimTargets): Promise<void> {
  const queues = lost.map(({ pushQueue }) => pushQueue).filter((queue) => queue !== '');
  const signal = (name: string, queue: string) => client.workflow.getHandle(limiterId(name)).signal(endedSignal, queue);
  await Promise.allSettled(limitSets.flatMap((name) => queues.map((queue) => signal(name, queue))));
}

async function failTasks(
  lost: readonly LostWorker[],
  { client, workflowIds }: ReclaimTargets,
  countsAs: CountsAs,
): Promise<void> {
  const identities = new Set(lost.map(({ identity }) => identity));
  const fail = (id: string) => failTasksOf(identities, client.workflow.getHandle(id), client, countsAs);
  for (let look = 1; look <= LOOKS; look += 1) {
    await Promise.allSettled(workflowIds.map(fail));
    if (look < LOOKS) await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
  }
}

async function failTasksOf(
  identities: ReadonlySet<string>,
  handle: WorkflowHandle,
  client: Client,
  countsAs: CountsAs,
): Promise<void> {
  const { raw } = await handle.describe();
  const held = (raw.pendingActivities ?? []).filter(
    ({ state, lastWorkerIdentity }) => Number(state) === STARTED && identities.has(lastWorkerIdentity ?? ''),
  );
  const fail = ({ activityId, activityType, attempt }: (typeof held)[number]) => {
    const isGivenBack = countsAs === 'none' && activityType?.name === COMPLETE_ITEMS;
    const failure = ApplicationFailure.create({
      message: 'its worker ended',
      details: [attempt],
      // an item that is given back begins anew, with all of its attempts
      ...(isGivenBack ? { type: RECALLED, nonRetryable: true } : { type: 'WorkerLost', nextRetryDelay: 1 }),
    });
    return client.activity.fail({ workflowId: handle.workflowId, activityId: activityId ?? '' }, failure);
  };
  await Promise.allSettled(held.map(fail));
}
