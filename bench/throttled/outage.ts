import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { Provider } from '../../chaos/provider/provider';
import { type Limit, LimitSet } from '../../src/index';
import { type Address } from '../support/temporal';
import { type Order } from './worker';

/** A provider that refuses everything for a while, and who calls it. */
export interface Outage {
  readonly limits: readonly Limit[];
  readonly processes: number;
  readonly jobs: number;
  /** For so long from the first call on it answers 429. */
  readonly outageMs: number;
  /** Whether it says when to come back. */
  readonly hint: boolean;
}

/** What came of it. */
export interface OutageFound {
  /** Calls that were refused. */
  readonly refused: number;
  /** Calls that the limits should not have let through. */
  readonly unitsOver: number;
  /** From the moment at which the provider served again until all jobs were done. */
  readonly doneAfterMs: number;
}

/** How long a call takes. */
const CALL_MS = 20;
/** A task that a busy server hands out and nobody gets is given up soon: who waits for limits heartbeats. */
const OPTIONS = { startToCloseTimeout: '5m', heartbeatTimeout: '5s', retry: { initialInterval: '100ms' } };
/** More than any of the limits allows. */
const PLENTY = 1_000_000;

/** Starts the provider and the workers, plays it, and ends them. The server runs, and so do limiters. */
export async function playOutage({ address, namespace }: Address, outage: Outage): Promise<OutageFound> {
  // retries by itself what a busy server refuses
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-throttled-'));
  const provider = await Provider.start();
  const children: ChildProcess[] = [];
  try {
    await provider.allow({ calls: PLENTY, tokens: PLENTY, connections: PLENTY });
    await provider.takeMs(CALL_MS);
    const { processes, jobs, limits } = outage;
    const order: Order = {
      ...{ address, namespace, providerUrl: provider.url },
      set: new LimitSet({ name: randomUUID(), mode: 'temporal', limits, client }).toJSON(),
      ...{ taskQueue: randomUUID(), bundle: await bundleWorkflows(folder), atOnce: Math.ceil(jobs / processes) },
    };
    for (let i = 0; i < processes; i += 1) children.push(startWorker(order));
    await Promise.all(children.map(isReady));
    return await play(provider, client, order.taskQueue, outage);
  } finally {
    await Promise.all(children.map(killed));
    await provider.stop();
    await connection.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(provider: Provider, client: Client, taskQueue: string, outage: Outage): Promise<OutageFound> {
  const { jobs, outageMs, hint } = outage;
  await provider.behave({ refusal: { status: 429, forMs: outageMs, hint } });
  await provider.begin();
  const job = (_: unknown, i: number): Promise<unknown> =>
    client.workflow.execute('runActivity', {
      ...{ taskQueue, workflowId: `${taskQueue}-${i}` },
      args: ['call', [String(i)], OPTIONS],
    });
  await Promise.all(Array.from({ length: jobs }, job));
  const { refused, unitsOver, refusingForMs = NaN } = await provider.account();
  return { refused, unitsOver, doneAfterMs: refusingForMs - outageMs };
}

async function bundleWorkflows(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../test/support/workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  const file = join(folder, 'workflows.js');
  await writeFile(file, code);
  return file;
}

function startWorker(order: Order): ChildProcess {
  // where its limits find the server, too
  const env = { ...process.env, TEMPORAL_ADDRESS: order.address, TEMPORAL_NAMESPACE: order.namespace };
  return fork(require.resolve('./worker'), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'], env });
}

async function isReady(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`a worker ended with ${String(code)}`);
  });
  await Promise.race([once(child, 'message'), gone]);
  gone.catch(() => undefined);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
