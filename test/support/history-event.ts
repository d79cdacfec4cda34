import { type WorkflowHandle } from '@temporalio/client';

/** An event of a workflow's history. */
export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** When it happened. 0 where that is not said, or there is no event. Unit: milliseconds since 1970, with fractions. */
export function timeOf(event: HistoryEvent | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1e6;
}
