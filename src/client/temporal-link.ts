import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Allocator, type AllocatorStats } from '../limiter/allocator';
import type { SetDefinition } from '../limiter/definition';
import type { Push, Sync } from '../limiter/wire';
import { LIMITER_WORKFLOW, limiterId } from '../workflows/limiter-id';
import { leaseQuery, statsQuery, syncSignal } from '../workflows/protocol';
import { Backoff } from './backoff';
import { pushQueue } from './push-registry';
import type { ProcessLink } from './process-link';
import type { Reach } from './reach';

/** A call that takes longer is given up; the client tries again in its own time. */
const CALL_MS = 5_000;

/** The server buffers one query for each workflow that has something to do, and refuses others. */
const STATS_TRIES = 8;
const RESOURCE_EXHAUSTED = 8;

/** The way to a limiter workflow. */
export class TemporalLink implements ProcessLink {
  constructor(
    readonly name: string,
    readonly definition: SetDefinition,
    readonly client: () => Promise<Client>,
    readonly limiterTaskQueue: string,
    /** Told of every call how it went. */
    readonly reach: Reach,
  ) {}

  get queue(): string {
    return pushQueue();
  }

  async send(sync: Sync): Promise<void> {
    await this.#call((client) =>
      client.workflow.signalWithStart(LIMITER_WORKFLOW, {
        workflowId: limiterId(this.name),
        taskQueue: this.limiterTaskQueue,
        args: [{ definition: sync.definition ?? this.definition }],
        signal: syncSignal,
        signalArgs: [sync],
      }),
    );
  }

  async ask(clientId: string): Promise<Push | undefined> {
    const push = await this.#call((client) =>
      client.workflow.getHandle(limiterId(this.name)).query(leaseQuery, clientId),
    );
    return push ?? undefined;
  }

  async stats(): Promise<AllocatorStats> {
    const backoff = new Backoff(20, 500);
    for (let triesLeft = STATS_TRIES; ; triesLeft -= 1) {
      const now = Date.now();
      try {
        return await this.#call((client) => client.workflow.getHandle(limiterId(this.name)).query(statsQuery, now));
      } catch (error) {
        // the limiter starts with the first that wants something: until then nothing is taken
        if (error instanceof WorkflowNotFoundError) return new Allocator(this.definition, now).stats(now);
        if (triesLeft === 0 || !isBusy(error)) throw error;
      }
      await sleep(backoff.next());
    }
  }

  async #call<T>(call: (client: Client) => Promise<T>): Promise<T> {
    try {
      const client = await this.client();
      const answer = await client.withDeadline(Date.now() + CALL_MS, () => call(client));
      this.reach.answered();
      return answer;
    } catch (error) {
      this.reach.failed(error);
      throw error;
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !isGrpcServiceError(error.cause)) return false;
  const { code }: { code: number } = error.cause;
  return code === RESOURCE_EXHAUSTED;
}
