import { type Client } from '@temporalio/client';
import { LIMITER_WORKFLOW } from '../../src/workflows/limiter/protocol';
import { timeOf, type HistoryEvent } from '../../test/support/history-event';
import { UNHANDLED_COMMAND } from '../../test/support/limiter-runs';

/** What a limiter has written down since a moment, run by run. Unit of all times: milliseconds. */
export interface Written {
  /** Runs, of which all but the newest have continued as new. */
  readonly runs: number;
  /** Events and bytes of the largest. */
  readonly largestEvents: number;
  readonly largestBytes: number;
  /** Size of the largest state that one handed to the next. Unit: bytes. */
  readonly stateBytes: number;
  /** Messages that came as signals, and those that went out; the answer to one of the latter is a message, too. */
  readonly signals: number;
  readonly pushes: number;
  /** Of the workflow tasks, how long each waited for a worker, and how long it then took. */
  readonly waitMs: number[];
  readonly taskMs: number[];
  /** Of each two runs, for how long nothing was pushed between them. */
  readonly silenceMs: number[];
  /** Workflow tasks that failed, other than by what comes with continue-as-new. */
  readonly failures: number;
  /** Those that were given up because nobody had ended, or even begun, them in time: the whole run is replayed. */
  readonly timeouts: number;
}

/** Reads the histories of all the runs of a limiter that were open at that moment or later. */
export async function writtenSince(client: Client, workflowId: string, since: Date): Promise<Written> {
  const listed = [];
  const query = `WorkflowType = '${LIMITER_WORKFLOW}' AND WorkflowId = '${workflowId}'`;
  for await (const run of client.workflow.list({ query })) {
    if (run.closeTime === undefined || run.closeTime > since) listed.push(run);
  }
  listed.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const runs: (Looked & { readonly bytes: number; readonly stateBytes: number })[] = [];
  for (const { runId, historySize } of listed) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const state = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    runs.push({ ...runOf(events ?? [], since), bytes: historySize ?? 0, stateBytes: state?.length ?? 0 });
  }
  const most = (sizes: number[]): number => Math.max(0, ...sizes);
  const total = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return {
    runs: runs.length,
    largestEvents: most(runs.map((run) => run.events)),
    largestBytes: most(runs.map((run) => run.bytes)),
    stateBytes: most(runs.map((run) => run.stateBytes)),
    signals: total(runs.map((run) => run.signals)),
    pushes: total(runs.map((run) => run.pushedAt.length)),
    waitMs: runs.flatMap((run) => run.waitMs),
    taskMs: runs.flatMap((run) => run.taskMs),
    silenceMs: runs.flatMap((run, i) => {
      const [from, to] = [runs[i - 1]?.pushedAt.at(-1), run.pushedAt[0]];
      return from === undefined || to === undefined ? [] : [to - from];
    }),
    failures: total(runs.map((run) => run.failures)),
    timeouts: total(runs.map((run) => run.timeouts)),
  };
}

/** Of one run, from a moment on. */
interface Looked extends Pick<Written, 'waitMs' | 'taskMs' | 'signals' | 'failures' | 'timeouts'> {
  readonly events: number;
  readonly pushedAt: number[];
}

function runOf(events: readonly HistoryEvent[], since: Date): Looked {
  const timeAt = (id: unknown): number => timeOf(events[Number(id) - 1]);
  const looked = events.filter((event) => timeOf(event) >= since.getTime());
  const tasks = looked.flatMap((event) => {
    const { workflowTaskCompletedEventAttributes: done } = event;
    if (!done) return [];
    const started = timeAt(done.startedEventId);
    return [{ waitMs: started - timeAt(done.scheduledEventId), taskMs: timeOf(event) - started }];
  });
  return {
    events: events.length,
    waitMs: tasks.map((task) => task.waitMs),
    taskMs: tasks.map((task) => task.taskMs),
    signals: looked.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    pushedAt: looked.filter((event) => event.activityTaskScheduledEventAttributes).map(timeOf),
    failures: looked.filter(({ workflowTaskFailedEventAttributes: failed }) => {
      return failed && Number(failed.cause) !== UNHANDLED_COMMAND;
    }).length,
    timeouts: looked.filter((event) => event.workflowTaskTimedOutEventAttributes).length,
  };
}
