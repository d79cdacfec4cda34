import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { type DevServer } from '../../src/client/dev-server/dev-server';
import { quantile } from '../support/rounds';
import { type Caller } from '../events-workflows';

const CALLERS = 4;
const CALLS = 40;
/** More than ask: what is measured is the asking, not the waiting. */
const PERMITS = 1_000;
const TASK_QUEUE = 'bench-mutex';

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * The mutex sample's pattern: each acquisition is a signal to a workflow and one back, and one to release. Workflow code
 * reads no clock between them, so that the latency is that of a caller which makes one call after the other, per call; the
 * activity in each call is part of it.
 */
export async function mutexPattern({ address, namespace }: DevServer): Promise<Measured> {
  const connection = await Connection.connect({ address, interceptors: [] });
  const native = await NativeConnection.connect({ address });
  const { workflow } = new Client({ connection, namespace });
  const worker = await Worker.create({
    ...{ connection: native, namespace, taskQueue: TASK_QUEUE },
    workflowsPath: require.resolve('../events-workflows'),
    activities: { call: () => Promise.resolve() },
  });
  const name = randomUUID();
  const play = async (atOnce: number): Promise<number> => {
    const caller: Caller = { pattern: 'mutex', name, permits: PERMITS, holdMs: 0, calls: CALLS, atOnce };
    const begun = performance.now();
    await workflow.execute('callerWorkflow', { taskQueue: TASK_QUEUE, workflowId: randomUUID(), args: [caller] });
    return performance.now() - begun;
  };
  try {
    return await worker.runUntil(async () => {
      await workflow.start('semaphoreWorkflow', { taskQueue: TASK_QUEUE, workflowId: name, args: [PERMITS] });
      await play(1);
      const begun = performance.now();
      await Promise.all(Array.from({ length: CALLERS }, () => play(6)));
      const perSecond = (1_000 * CALLERS * CALLS) / (performance.now() - begun);
      const perCall: number[] = [];
      for (let i = 0; i < 3; i += 1) perCall.push((await play(1)) / CALLS);
      perCall.sort((a, b) => a - b);
      return { perSecond, p50Ms: quantile(perCall, 0.5), p99Ms: quantile(perCall, 1) };
    });
  } finally {
    await connection.close();
    await native.close();
  }
}
