import { ActivityCancellationType, getExternalWorkflowHandle, proxyActivities } from '@temporalio/workflow';
import { isPushQueue, runAt, type RunAddress } from '../../limiter/protocol/address';
import type { Delivery } from '../../limiter/allocator/allocator';
import type { Pacing } from '../../limiter/protocol/pacing';
import type { Push, Sync } from '../../limiter/protocol/wire';
import { isNotFound } from '../support/failure';
import { pushSignal, type PushActivities } from './protocol';

/** A push to a workflow run counts for as many, since signals may overtake each other: one at a time. */
const RUN_WEIGHT = 2;
/** A server that does one thing after the other with a workflow takes seconds for pushes to many clients at once. */
const PUSH_TIMEOUT = '10s';
/** Most pushes kept for clients that ask by query. */
const MAX_MAIL = 256;

/** The outcome of a push. */
export interface Deliverer {
  /** A process has answered it, so long after it was sent. */
  onAnswered(tookMs: number): void;
  /** What the process had to say to it. */
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

  /** How many pushes are under way to this client. */
  readonly underWay = (client: string): number => this.#underWay.get(client) ?? 0;

  /** Whether an answer may come at any moment. What a process that has died was sent does not count. */
  awaitsAnswers(now: number, { pacing }: { readonly pacing: Pacing }): boolean {
    return [...this.#sentAt.values()].some((at) => now - at < pacing.promptMs);
  }

  /** When a run may end that wants to end at a moment: not while an answer may come. */
  endsAt(at: number, now: number, { pacing }: { readonly pacing: Pacing }): number {
    return this.awaitsAnswers(now, { pacing }) ? Math.max(at, now + pacing.promptMs) : at;
  }

  /** The newest push to a client that asks by query. */
  latestPush(client: string): Push | undefined {
    return this.#mail.get(client);
  }

  send({ queue, push }: Delivery): void {
    const run = runAt(queue);
    if (run !== undefined) this.#track(push, this.#signal(run, push), RUN_WEIGHT);
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
      scheduleToStartTimeout: PUSH_TIMEOUT,
      startToCloseTimeout: PUSH_TIMEOUT,
      cancellationType: ActivityCancellationType.ABANDON,
      retry: { maximumAttempts: 1 },
    });
    const sentAt = Date.now();
    try {
      const sync = await limitsPush(push);
      this.to.onAnswered(Date.now() - sentAt);
      if (sync !== undefined) this.to.onReply(sync);
    } catch {
      // the client's next sync shows what it missed
    }
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
