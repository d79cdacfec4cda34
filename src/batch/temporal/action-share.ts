import { type Client } from '@temporalio/client';

/** Few events say little of the rest: so many are read, if there are so many. */
const ENOUGH_EVENTS = 500;
/** A report that is late is no use. Unit: milliseconds. */
const DEADLINE_MS = 5_000;

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/**
 * How many actions a hosted service bills for each history event of these workflows, by their latest runs. Heartbeats and
 * queries are actions too, but are in no history. 0 if unknown.
 */
export async function actionShare(client: Client, workflowIds: readonly string[]): Promise<number> {
  const read = (id: string) => latestEvents(client, id).catch((): readonly HistoryEvent[] => []);
  const readAll = () => Promise.all(workflowIds.map(read));
  const events = (await client.withDeadline(Date.now() + DEADLINE_MS, readAll)).flat();
  return events.length > 0 ? events.reduce((sum, event) => sum + actionsOf(event), 0) / events.length : 0;
}

/** Of a workflow's latest run, and of those before it where that has only begun. */
async function latestEvents(client: Client, workflowId: string): Promise<readonly HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  let runId: string | undefined;
  do {
    const events = (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
    found.push(...events);
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId !== undefined && found.length < ENOUGH_EVENTS);
  return found;
}

function actionsOf(event: HistoryEvent): number {
  const isAction =
    event.workflowExecutionStartedEventAttributes ??
    event.workflowExecutionSignaledEventAttributes ??
    event.workflowExecutionUpdateAcceptedEventAttributes ??
    event.timerStartedEventAttributes;
  // each attempt is one; only the last stands in the history
  return isAction ? 1 : (event.activityTaskStartedEventAttributes?.attempt ?? 0);
}
