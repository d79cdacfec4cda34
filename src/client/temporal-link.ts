import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Allocator, type AllocatorStats } from '../limiter/allocator';
import type { SetDefinition } from '../limiter/definition';
import type { Push, Sync } from '../limiter/wire';
import { LIMITER_WORKFLOW, limiterId } from '../workflows/limiter-id';
import { leaseQuery, statsQuery, syncSignal } from '../workflows/protocol';
import type { LimiterLink } from './limiter-link';
import { pushQueue } from './push-registry';

/** A call that takes longer is given up; the client tries again in its own time. */
const CALL_MS = 5_000;

/** The way to a limiter workflow. */
export class TemporalLink implements LimiterLink {
  constructor(
    readonly name: string,
    readonly definition: SetDefinition,
    readonly client: () => Promise<Client>,
    readonly limiterTaskQueue: string,
  ) {}

  get queue(): string {
    return pushQueue();
  }

  async send(sync: Sync): Promise<void> {
    const client = await this.client();
    await client.withDeadline(Date.now() + CALL_MS, () =>
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
    const client = await this.client();
    const push = await client.withDeadline(Date.now() + CALL_MS, () =>
      client.workflow.getHandle(limiterId(this.name)).query(leaseQuery, clientId),
    );
    return push ?? undefined;
  }

  async stats(): Promise<AllocatorStats> {
    const client = await this.client();
    const now = Date.now();
    return client
      .withDeadline(now + CALL_MS, () => client.workflow.getHandle(limiterId(this.name)).query(statsQuery, now))
      .catch((error: unknown) => {
        // the limiter starts with the first that wants something: until then nothing is taken
        if (error instanceof WorkflowNotFoundError) return new Allocator(this.definition, now).stats(now);
        throw error;
      });
  }
}
