/**
 * What limits cost in history: events per call of the callers and of whoever limits them, beyond what the calls cost
 * without any limit, for the mutex sample's pattern and for this library's two, in one run on one server. Callers are
 * workflows that each make several calls at once, all of them sharing few permits.
 *
 *   npx tsx bench/events.ts --callers 4 --calls 100 --at-once 30 --permits 20 --hold 100
 *   npx tsx bench/events.ts --callers 8 --calls 60 --at-once 6 --permits 10 --hold 50
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { numericOptions } from '../scripts/support/command-line';
import { LimitsPlugin, limited } from '../src/activities/index';
import { startOwnDevServer } from '../scripts/support/dev-server';
import { LimitSet, ResourceLimit } from '../src/index';
import { type Caller, type Pattern } from './events-workflows';
import { report } from './support/report';

const DEFAULTS = { callers: 8, calls: 60, 'at-once': 6, permits: 10, hold: 50 };
const { callers, calls, 'at-once': atOnce, permits, hold: holdMs } = numericOptions(DEFAULTS);

const NAMES: Readonly<Record<Pattern, string>> = {
  nothing: 'no limit',
  mutex: "the mutex sample's pattern",
  slots: 'acquire in the workflow',
  activities: 'limited activities',
};
const TASK_QUEUE = 'bench-events';

interface Outcome {
  readonly pattern: Pattern;
  readonly seconds: number;
  readonly callerEvents: number;
  readonly limiterEvents: number;
}

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startOwnDevServer();
  const connection = await Connection.connect({ address: server.address, interceptors: [] });
  const native = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const limits = new LimitSet({
    name: setName('activities'),
    mode: 'temporal',
    client,
    limits: [new ResourceLimit({ key: 'permits', capacity: permits })],
  });
  const call = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const worker = await Worker.create({
    connection: native,
    namespace: server.namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('./events-workflows'),
    activities: { call, limitedCall: limited(call) },
    maxConcurrentActivityTaskExecutions: 1_000,
    plugins: [new LimitsPlugin({ limits })],
  });
  try {
    const outcomes = await worker.runUntil(async () => {
      const found: Outcome[] = [];
      for (const pattern of ['nothing', 'mutex', 'slots', 'activities'] as const)
        found.push(await play(client, pattern));
      return found;
    });
    print(outcomes);
  } finally {
    await limits.close();
    await connection.close();
    await native.close();
    await server.stop();
  }
}

const setName = (pattern: Pattern): string => `bench-${pattern}`;

async function play(client: Client, pattern: Pattern): Promise<Outcome> {
  const semaphore = 'bench-semaphore';
  if (pattern === 'mutex') {
    await client.workflow.start('semaphoreWorkflow', { taskQueue: TASK_QUEUE, workflowId: semaphore, args: [permits] });
  }
  const caller: Caller = {
    ...{ pattern, permits, holdMs, calls, atOnce },
    name: pattern === 'mutex' ? semaphore : setName(pattern),
  };
  const begun = performance.now();
  const handles = await Promise.all(
    Array.from({ length: callers }, () =>
      client.workflow.start('callerWorkflow', { taskQueue: TASK_QUEUE, workflowId: randomUUID(), args: [caller] }),
    ),
  );
  await Promise.all(handles.map((handle) => handle.result()));
  const seconds = (performance.now() - begun) / 1000;
  const limiter = pattern === 'mutex' ? semaphore : `limits:${setName(pattern)}`;
  const callerEvents = (await Promise.all(handles.map(({ workflowId }) => eventsOf(client, workflowId)))).reduce(
    (a, b) => a + b,
    0,
  );
  return { pattern, seconds, callerEvents, limiterEvents: pattern === 'nothing' ? 0 : await eventsOf(client, limiter) };
}

/** Of all runs of a workflow. */
async function eventsOf(client: Client, workflowId: string): Promise<number> {
  let events = 0;
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  let runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  while (runId !== '') {
    const history = (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
    events += history.length;
    runId = history.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
  }
  return events;
}

/** What a pattern costs beyond the calls themselves: a row of the table, as numbers. */
export interface Measured extends Outcome {
  /** Of the callers and of whoever limits them. */
  readonly eventsPerCall: number;
}

function print(outcomes: readonly Outcome[]): void {
  const total = callers * calls;
  const plain = outcomes.find(({ pattern }) => pattern === 'nothing')?.callerEvents ?? 0;
  const measured = outcomes.map((outcome): Measured => {
    const { callerEvents, limiterEvents } = outcome;
    return { ...outcome, eventsPerCall: (callerEvents - plain + limiterEvents) / total };
  });
  const rows = measured.map(({ pattern, seconds, callerEvents, limiterEvents, eventsPerCall }) => [
    ...[NAMES[pattern], seconds.toFixed(1)],
    ...[(callerEvents - plain) / total, limiterEvents / total, eventsPerCall].map((each) => each.toFixed(2)),
  ]);
  const title = `${total} calls by ${callers} workflows, ${atOnce} at once each, ${permits} permits held ${holdMs} ms`;
  const columns = ['', 'seconds', 'callers, beyond the call', 'whoever limits', 'events per acquisition'];
  report(`events-${atOnce}`, [{ title, columns, rows }], measured);
}

void main().then(() => process.exit());
