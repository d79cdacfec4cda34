import { ActivityCancellationType, getExternalWorkflowHandle, proxyActivities } from '@temporalio/workflow';
import { isPushQueue, runAt, type RunAddress } from '../../limiter/protocol/address';
import type { Delivery } from '../../limiter/allocator/allocator';
import type { Push, Sync } from '../../limiter/protocol/wire';
import { isNotFound } from '../support/failure';
import { pushSignal, type PushActivities } from './protocol';

/** Most pushes under way to one client; what changes meanwhile goes with the next. */
const MAX_PUSHES = 2;
/** A push that has not been answered for so long goes to nobody. Unit: milliseconds. */
const PROMPT_MS = 500;
/** Most pushes kept for clients that ask by query. */
const MAX_MAIL = 256;

/** What comes of a push. */
export interface Deliverer {
  /** A process has answered it. */
  onReply(sync: Sync): void;
  /** It has reached its workflow run. */
  onDelivered(push: Push): void;
  /** There is no such run, or no longer. */
  onGone(run: RunAddress): void;
}

/**
 * Brings pushes to their clients: to a process by an activity on its own task queue, to a workflow run by a signal. For a
 * client that has neither, the newest is kept until it asks.
 */
export class PushDeliveries {
  readonly #underWay = new Map<string, number>();
  readonly #mail = new Map<string, Push>();
  /** When each of the pushes under way was sent. */
  readonly #sentAt = new Map<Promise<void>, number>();

  constructor(private readonly to: Deliverer) {}

  /** Whether another push to this client may go. */
  hasRoom = (client: string): boolean => (this.#underWay.get(client) ?? 0) < MAX_PUSHES;

  /** Whether an answer may come at any moment. What a process that has died was sent does not count. */
  awaitsAnswers(now: number): boolean {
    return [...this.#sentAt.values()].some((at) => now - at < PROMPT_MS);
  }

  /** The newest push to a client that asks by query. */
  latestPush(client: string): Push | undefined {
    return this.#mail.get(client);
  }

  send({ queue, push }: Delivery): void {
    const run = runAt(queue);
    // signals may overtake each other: one at a time
    if (run !== undefined) this.#track(push, this.#signal(run, push), MAX_PUSHES);
    else if (isPushQueue(queue)) this.#track(push, this.#push(queue, push), 1);
    else this.#keep(push);
  }

  #track({ client }: Push, delivery: Promise<void>, weight: number): void {
    this.#sentAt.set(delivery, Date.now());
    this.#underWay.set(client, (this.#underWay.get(client) ?? 0) + weight);
    void delivery.then(() => {
      this.#sentAt.delete(delivery);
      const left = (this.#underWay.get(client) ?? 0) - weight;
      if (left <= 0) this.#underWay.delete(client);
      else this.#underWay.set(client, left);
    });
  }

  async #push(taskQueue: string, push: Push): Promise<void> {
    const { limitsPush } = proxyActivities<PushActivities>({
      taskQueue,
      scheduleToStartTimeout: '5s',
      startToCloseTimeout: '5s',
      cancellationType: ActivityCancellationType.ABANDON,
      retry: { maximumAttempts: 1 },
    });
    // the client's next sync shows what it missed
    const sync = await limitsPush(push).catch(() => undefined);
    if (sync !== undefined) this.to.onReply(sync);
  }

  async #signal(run: RunAddress, push: Push): Promise<void> {
    try {
      await getExternalWorkflowHandle(run.workflowId, run.runId).signal(pushSignal, push);
      this.to.onDelivered(push);
    } catch (error) {
      // any other failure tells nothing of the run: it is asked after in time
      if (isNotFound(error)) this.to.onGone(run);
    }
  }

  /** Keeps the newest push to each of the clients heard of last. */
  #keep(push: Push): void {
    this.#mail.delete(push.client);
    this.#mail.set(push.client, push);
    const oldest = this.#mail.keys().next().value;
    if (this.#mail.size > MAX_MAIL && oldest !== undefined) this.#mail.delete(oldest);
  }
}
