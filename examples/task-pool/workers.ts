import { type NativeConnection, Worker } from '@temporalio/worker';
import { CallLimit, LimitSet, ResourceLimit } from 'temporal-limits';
import { limited, LimitsPlugin } from 'temporal-limits/worker';
import { StrictQuotas } from '../strict-quotas';
import { usingThisSource } from '../this-source';
import { QUOTA } from './queues';

/** The provider in one region, within this process. It refuses every call above its quota. */
class FakeProvider {
  readonly seen = { served: 0, refused: 0 };
  readonly #quotas = new StrictQuotas(QUOTA.windowSeconds * 1_000, { calls: QUOTA.calls });

  answer(prompt: string): string {
    const admitted = this.#quotas.admit({ calls: 1 });
    this.seen[admitted ? 'served' : 'refused'] += 1;
    if (!admitted) throw new Error('429: too many calls');
    return prompt.toUpperCase();
  }
}

export function createActivities(provider: FakeProvider) {
  const complete = async (prompt: string) => Promise.resolve(provider.answer(prompt));
  return { complete: limited(complete) };
}

export interface RegionWorker {
  readonly worker: Worker;
  readonly limits: LimitSet;
  readonly seen: Readonly<FakeProvider['seen']>;
}

/** A worker for the activities of one region. Every worker of that region shares its limits, by their name. */
export async function createRegionWorker(connection: NativeConnection, namespace: string, taskQueue: string) {
  const provider = new FakeProvider();
  const limits = new LimitSet({
    name: taskQueue,
    mode: 'temporal',
    limits: [
      new CallLimit({ windowSeconds: QUOTA.windowSeconds, capacity: QUOTA.calls }),
      new ResourceLimit({ key: 'connections', capacity: 4 }),
    ],
  });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: createActivities(provider),
    maxConcurrentActivityTaskExecutions: 8,
    plugins: [new LimitsPlugin({ limits })],
  });
  return { worker, limits, seen: provider.seen } satisfies RegionWorker;
}

/** A worker for the workflow. */
export async function createWorkflowWorker(connection: NativeConnection, namespace: string, taskQueue: string) {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    bundlerOptions: { webpackConfigHook: usingThisSource },
  });
}
