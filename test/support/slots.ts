import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { Host } from '../../src/activities/hosts';
import type * as workflows from './slot-workflows';
import { TemporalForTests } from './temporal';

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

  static async start(): Promise<Slots> {
    const temporal = await TemporalForTests.start();
    const worker = await Worker.create({
      connection: temporal.native,
      taskQueue: TASK_QUEUE,
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

  async stop(): Promise<void> {
    this.worker.shutdown();
    await this.ended;
    await this.host.stop();
    await this.temporal.stop();
  }
}

/** A workflow that runs. */
export type Run<T> = Omit<WorkflowHandle, 'result'> & { result(): Promise<T> };
