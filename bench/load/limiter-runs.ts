import { type Client } from '@temporalio/client';
import { LIMITER_WORKFLOW } from '../../src/workflows/limiter-id';

/** Cause of a workflow task that failed because a signal came while the run was about to end: tried again at once. */
const UNHANDLED_COMMAND = 1;

/** What a limiter has written down in a time. */
export interface Written {
  /** Runs that ended. */
  readonly runs: number;
  /** Of those, events and bytes of the largest. */
  readonly largestEvents: number;
  readonly largestBytes: number;
  /** Of the workflow tasks of the last of them, how long each waited for a worker, and how long it then took. Unit: milliseconds. */
  readonly waitMs: number[];
  readonly taskMs: number[];
  /** Signals that it got, and how many seconds it ran. */
  readonly signals: number;
  readonly seconds: number;
  /** Size of the state with which it began. Unit: bytes. */
  readonly snapshotBytes: number;
  /** Workflow tasks that failed, other than by what comes with continue-as-new. */
  readonly failures: number;
}

/** Looks at the runs of a limiter that have ended since, and closely at the last of them. */
export async function writtenSince(client: Client, workflowId: string, since: Date): Promise<Written> {
  const ended = [];
  const query = `WorkflowType = '${LIMITER_WORKFLOW}' AND WorkflowId = '${workflowId}' AND ExecutionStatus = 'ContinuedAsNew' AND CloseTime > '${since.toISOString()}'`;
  for await (const run of client.workflow.list({ query })) ended.push(run);
  ended.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const last = ended.at(-1);
  const history = last && (await client.workflow.getHandle(workflowId, last.runId).fetchHistory());
  const events = history?.events ?? [];
  const at = (id: unknown): number => msOf(events[Number(id) - 1]?.eventTime);
  const tasks = events.flatMap(({ workflowTaskCompletedEventAttributes: done, eventTime }) => {
    if (!done) return [];
    const started = at(done.startedEventId);
    return [{ waitMs: started - at(done.scheduledEventId), taskMs: msOf(eventTime) - started }];
  });
  const state = events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  return {
    runs: ended.length,
    largestEvents: Math.max(0, ...ended.map((run) => run.historyLength)),
    largestBytes: Math.max(0, ...ended.map((run) => run.historySize ?? 0)),
    waitMs: tasks.map((task) => task.waitMs),
    taskMs: tasks.map((task) => task.taskMs),
    signals: events.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    seconds: (msOf(events.at(-1)?.eventTime) - msOf(events[0]?.eventTime)) / 1_000,
    snapshotBytes: state?.length ?? 0,
    failures: events.filter(({ workflowTaskFailedEventAttributes: failed }) => {
      return failed && Number(failed.cause) !== UNHANDLED_COMMAND;
    }).length,
  };
}

function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
}
