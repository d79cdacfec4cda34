import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { Host } from '../../src/activities/plugin/hosts';
import type { LimiterStats } from '../../src/workflows/limiter/protocol';
import { limiterStats } from './limiter-runs';
import type * as workflows from './slot-workflows';
import { TemporalForTests } from './temporal';
import { until } from './until';

const TASK_QUEUE = 'slots';

type Workflows = typeof workflows;
type Arguments<Name extends keyof Workflows> = Workflows[Name] extends (...args: infer Args) => unknown ? Args : never;
type Result<Name extends keyof Workflows> = Workflows[Name] extends (...args: never[]) => Promise<infer R> ? R : never;

/** A server, limiters, and a worker that runs workflows that acquire. */
export class Slots {
  private constructor(
    readonly temporal: TemporalForTests,
    readonly worker: Worker,
    readonly ended: Promise<void>,
    public host: Host,
  ) {}

  /** @param isForgetful Whether the worker replays every run from its beginning each time. */
  static async start(isForgetful = false): Promise<Slots> {
    const temporal = await TemporalForTests.start();
    const worker = await Worker.create({
      connection: temporal.native,
      namespace: temporal.server.namespace,
      taskQueue: TASK_QUEUE,
      ...(isForgetful && { maxCachedWorkflows: 0 }),
      activities: { pause: (ms: number) => sleep(ms) },
      workflowBundle: await bundleWorkflowCode({
        workflowsPath: require.resolve('./slot-workflows'),
        logger: new DefaultLogger('ERROR'),
      }),
    });
    return new Slots(temporal, worker, worker.run(), await temporal.host());
  }

  /** Starts a workflow. */
  run<Name extends keyof Workflows>(type: Name, ...args: Arguments<Name>): Promise<Run<Result<Name>>> {
    return this.runFor(undefined, type, ...args);
  }

  /** Starts a workflow that the server ends after so long. */
  runFor<Name extends keyof Workflows>(
    timeoutMs: number | undefined,
    type: Name,
    ...args: Arguments<Name>
  ): Promise<Run<Result<Name>>> {
    return this.temporal.client.workflow.start(type, {
      taskQueue: TASK_QUEUE,
      workflowId: randomUUID(),
      args: args as unknown[],
      ...(timeoutMs !== undefined && { workflowRunTimeout: timeoutMs }),
    }) as Promise<Run<Result<Name>>>;
  }

  /** Waits until so many acquisitions wait at the limiter. */
  untilWaiting(name: string, count: number): Promise<void> {
    return until(`${count} wait`, async () => {
      const { waiting } = await this.#stats(name);
      return waiting === count || `${waiting} do`;
    });
  }

  /** Waits until the first limit has nothing left. */
  untilFull(name: string): Promise<void> {
    return until('nothing is left', async () => Object.values((await this.#stats(name)).limits)[0]?.available === 0);
  }

  /** Waits until nothing is held, nobody waits, and no client is known any more. */
  untilFree(name: string): Promise<void> {
    return until('all is back', async () => {
      const { limits, waiting, clients } = await this.#stats(name);
      const taken = Object.values(limits).some(({ available, capacity }) => available < capacity);
      return (!taken && waiting === 0 && clients === 0) || JSON.stringify({ limits, waiting, clients });
    });
  }

  async #stats(name: string): Promise<Pick<LimiterStats, 'limits' | 'waiting' | 'clients'>> {
    // it may not have been started yet
    return limiterStats(this.temporal.client, name).catch(() => ({ limits: {}, waiting: -1, clients: -1 }));
  }

  async stop(): Promise<void> {
    this.worker.shutdown();
    await this.ended;
    await this.host.stop();
    await this.temporal.stop();
  }
}

/** A workflow that runs. */
export type Run<T> = Omit<WorkflowHandle, 'result'> & { result(): Promise<T> };
