/** A worker whose limited activities call a provider, and whose limits hear what it answers. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type Call } from '../../chaos/provider/strict-account';
import { limited, LimitsPlugin } from '../../src/activities/index';
import { LimitSet } from '../../src/index';
import { type LimitSetJSON } from '../../src/client/sets/limit-set-options';
import { type Address } from '../support/temporal';

/** What it is to do, until it is killed. */
export interface Order extends Address {
  readonly set: LimitSetJSON;
  readonly taskQueue: string;
  readonly bundle: string;
  readonly providerUrl: string;
  readonly atOnce: number;
}

/** What the provider answered, where it was not 200. */
class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly response: Response) {
    super(`the provider answers ${response.status}`);
  }
}

async function main(order: Order): Promise<void> {
  const { address, namespace, set, taskQueue, bundle, providerUrl, atOnce } = order;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const call = async (item: string): Promise<void> => {
    const body: Call = { item, attempt: 1, tokens: 1 };
    const response = await fetch(`${providerUrl}/calls`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Refused(response);
  };
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    ...{ namespace, taskQueue, workflowBundle: { codePath: bundle } },
    maxConcurrentActivityTaskExecutions: atOnce,
    activities: { call: limited(call, { feedback: true }) },
    plugins: [new LimitsPlugin({ limits: LimitSet.fromJSON(set), hostLimiter: false })],
  });
  process.once('disconnect', () => process.exit());
  const running = worker.run();
  // the connection to the provider is made before anything counts
  await fetch(`${providerUrl}/account`);
  process.send?.('ready');
  await running;
}

main(JSON.parse(process.argv[2] ?? '{}') as Order).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
