import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { type Client } from '@temporalio/client';
import { limiterId } from '../workflows/limiter-id';
import { endedSignal } from '../workflows/protocol';

/** A worker process that has died. */
export interface LostWorker {
  /** As what it polled. */
  readonly identity: string;
  /** Where it heard from the limiters; empty if it had not come so far. */
  readonly pushQueue: string;
}

/** Where something of it may be left. */
export interface Whereabouts {
  readonly client: Client;
  readonly workflowIds: readonly string[];
  readonly limitSets: readonly string[];
}

/** The state of an activity that a worker has taken, as the server numbers it. */
const STARTED = 2;
/** A task may still have been handed to a process that was just gone. */
const LOOK_AGAIN_MS = 500;
const LOOKS = 3;

/**
 * Takes back what dead processes held: their limits at once, not when their leases end, and their items, which are tried
 * again at once and not when their heartbeats are missed. Only ever a gain: what fails here comes back later by itself.
 */
export async function takeBack(lost: readonly LostWorker[], places: Whereabouts): Promise<void> {
  if (lost.length === 0) return;
  await Promise.all([endLeases(lost, places), failTasks(lost, places)]).catch(() => undefined);
}

async function endLeases(lost: readonly LostWorker[], { client, limitSets }: Whereabouts): Promise<void> {
  const queues = lost.map(({ pushQueue }) => pushQueue).filter((queue) => queue !== '');
  const signal = (name: string, queue: string) => client.workflow.getHandle(limiterId(name)).signal(endedSignal, queue);
  await Promise.allSettled(limitSets.flatMap((name) => queues.map((queue) => signal(name, queue))));
}

async function failTasks(lost: readonly LostWorker[], { client, workflowIds }: Whereabouts): Promise<void> {
  const identities = new Set(lost.map(({ identity }) => identity));
  for (let look = 1; look <= LOOKS; look += 1) {
    await Promise.allSettled(workflowIds.map((workflowId) => failTasksOf(identities, client, workflowId)));
    if (look < LOOKS) await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
  }
}

async function failTasksOf(identities: ReadonlySet<string>, client: Client, workflowId: string): Promise<void> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const held = (raw.pendingActivities ?? []).filter(
    ({ state, lastWorkerIdentity }) => Number(state) === STARTED && identities.has(lastWorkerIdentity ?? ''),
  );
  const fail = ({ activityId, attempt }: (typeof held)[number]) =>
    client.activity.fail(
      { workflowId, activityId: activityId ?? '' },
      ApplicationFailure.create({
        type: 'WorkerLost',
        message: 'its worker ended',
        details: [attempt],
        nextRetryDelay: 1,
      }),
    );
  await Promise.allSettled(held.map(fail));
}
