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
  readonly workflowId: string;
  readonly limitSets: readonly string[];
}

/** The state of an activity that a worker has taken, as the server numbers it. */
const STARTED = 2;
/** A task may still have been handed to a process that was just gone. */
const LOOK_AGAIN_MS = 500;
const LOOKS = 3;

/**
 * Takes back what a dead process held: its limits at once, not when its lease ends, and its items, which are tried again at
 * once and not when their heartbeats are missed. Only ever a gain: what fails here comes back later by itself.
 */
export async function takeBack(lost: LostWorker, places: Whereabouts): Promise<void> {
  await Promise.all([endLeases(lost, places), failItems(lost, places)]).catch(() => undefined);
}

async function endLeases({ pushQueue }: LostWorker, { client, limitSets }: Whereabouts): Promise<void> {
  if (pushQueue === '') return;
  const signal = (name: string) => client.workflow.getHandle(limiterId(name)).signal(endedSignal, pushQueue);
  await Promise.allSettled(limitSets.map(signal));
}

async function failItems({ identity }: LostWorker, { client, workflowId }: Whereabouts): Promise<void> {
  for (let look = 1; look <= LOOKS; look += 1) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const held = (raw.pendingActivities ?? []).filter(
      ({ state, lastWorkerIdentity }) => Number(state) === STARTED && lastWorkerIdentity === identity,
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
    if (look < LOOKS) await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
  }
}
