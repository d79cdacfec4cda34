import { type Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { LimitSet } from 'temporal-limits';
import { limited, LimitsPlugin } from 'temporal-limits/worker';
import { usingThisSource } from '../this-source';
import { type Account, limitSetOptions } from './accounts';
import { type FakeProvider } from './provider';

/** The activities of one account's worker, which hold its key and call its endpoint. */
function activitiesOf({ name }: Account, provider: FakeProvider) {
  async function complete(prompt: string): Promise<string> {
    return provider.answer(name, prompt);
  }
  return { complete: limited(complete) };
}

export type Activities = ReturnType<typeof activitiesOf>;

/** A worker that makes the calls of one account, within that account's limits, wherever else they are taken from. */
export async function createAccountWorker(
  account: Account,
  provider: FakeProvider,
  connection: NativeConnection,
  client: Client,
): Promise<Worker> {
  const limits = new LimitSet({ ...limitSetOptions(account), mode: 'temporal', client });
  return Worker.create({
    connection,
    namespace: client.options.namespace,
    taskQueue: limitSetOptions(account).config.taskQueue,
    activities: activitiesOf(account, provider),
    plugins: [new LimitsPlugin({ limits })],
  });
}

/** A worker that runs the workflow. */
export async function createWorkflowWorker(taskQueue: string, connection: NativeConnection, namespace: string) {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    bundlerOptions: { webpackConfigHook: usingThisSource },
  });
}
