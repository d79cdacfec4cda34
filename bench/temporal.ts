/**
 * What limits cost through a real Temporal server (the dev server, in this machine): the latency of a first acquire on a
 * set at rest, of one served from the lease, and the share of a quota that a saturated fleet uses, with the history that
 * it writes. The clients of the fleet share one process. Not measured: networks, the hosted service.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { shareHost } from '../src/activities/hosts';
import { startDevServer } from '../src/client/dev-server';
import { CallLimit, type Limit, LimitSet, ResourceLimit } from '../src/index';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)] ?? NaN;

function report(name: string, times: number[], unit: string): void {
  times.sort((a, b) => a - b);
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)].map((t) => t.toFixed(1));
  console.log(`${name}: p50 ${p50} ${unit}, p99 ${p99} ${unit} (${times.length} acquisitions)`);
}

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startDevServer();
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address, interceptors: [] });
  const { namespace } = server;
  const host = await shareHost({
    ...{ connection: native, namespace, dataConverter: undefined, hostLimiter: true, limiterBundle: undefined },
  });
  const open = (name: string, limits: Limit[]): LimitSet =>
    new LimitSet({ name, mode: 'temporal', client: new Client({ connection, namespace }), limits });

  const cold = open(randomUUID(), [new ResourceLimit({ key: 'connections', capacity: 10 })]);
  await cold.use({}, () => undefined);
  const first: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    await cold.yield();
    // long enough that nothing is kept in advance any more
    await sleep(3_000);
    const begun = performance.now();
    const slot = await cold.acquire();
    first.push(performance.now() - begun);
    await slot.release();
  }
  report('first acquire of a set at rest', first, 'ms');

  const warm = open(randomUUID(), [new ResourceLimit({ key: 'connections', capacity: 10 })]);
  const served: number[] = [];
  const end = performance.now() + 5_000;
  while (performance.now() < end) {
    const begun = performance.now();
    const slot = await warm.acquire();
    served.push((performance.now() - begun) * 1000);
    await slot.release();
    if (served.length % 100 === 0) await sleep(1);
  }
  report('acquire under load, from the lease', served, 'µs');

  const [windowSeconds, capacity, seconds] = [5, 500, 30];
  for (const clients of [1, 8]) {
    const name = randomUUID();
    const fleet = Array.from({ length: clients }, () => open(name, [new CallLimit({ windowSeconds, capacity })]));
    const starts: number[] = [];
    const begun = performance.now();
    const work = async (set: LimitSet): Promise<void> => {
      while (performance.now() - begun < seconds * 1000) await set.use({}, () => starts.push(performance.now()));
    };
    await Promise.all(fleet.flatMap((set) => Array.from({ length: Math.ceil(capacity / clients) }, () => work(set))));
    starts.sort((a, b) => a - b);
    const over = starts.filter((at, i) => at - (starts[i - capacity] ?? -Infinity) < windowSeconds * 1000).length;
    // from the first start to that of the last window that was begun
    const windows = Math.floor((starts.length - 1) / capacity);
    const share = (windows * windowSeconds * 1000) / ((starts[windows * capacity] ?? NaN) - (starts[0] ?? NaN));
    const { historyLength } = await new Client({ connection }).workflow.getHandle(`limits:${name}`).describe();
    const events = Math.round((historyLength * 1000) / starts.length);
    console.log(
      `${clients} clients at ${capacity} calls per ${windowSeconds} s: ${(share * 100).toFixed(1)} % of the quota, ` +
        `${over} over the limit, ${events} history events per 1,000 acquisitions`,
    );
    await Promise.all(fleet.map((set) => set.close()));
  }
  await Promise.all([cold.close(), warm.close()]);
  await host.stop();
  await native.close();
  await connection.close();
  await server.stop();
}

void main();
