import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { systemClock } from '../../src/client/link/system-clock';
import { type LimitSet } from '../../src/index';
import { limiterId } from '../../src/workflows/limiter/protocol';
import { timeOf, type HistoryEvent } from '../../test/support/history-event';

/** When an acquire was asked for, and when it was granted. Unit: milliseconds, as the machine's clock goes. */
export interface FirstAcquire {
  readonly askedAt: number;
  readonly grantedAt: number;
}

/** Long enough that nothing is kept in advance any more. */
const REST_MS = 2_500;

/** What a first acquire passes on its way, by the limiter's history, each up to where the next begins. */
const STAGES: readonly (readonly [string, (event: HistoryEvent) => unknown])[] = [
  ['acquire to signal in the history', (event) => event.workflowExecutionSignaledEventAttributes],
  ['until a worker is given the workflow task', (event) => event.workflowTaskStartedEventAttributes],
  ['until the server has its answer', (event) => event.workflowTaskCompletedEventAttributes],
  ['until the process is given the push', (event) => event.activityTaskStartedEventAttributes],
];
const LAST_STAGE = 'until the acquire resolves';

/** Acquires on sets that rest between any two, in turns if there are several. */
export async function firstAcquires(sets: readonly LimitSet[], times: number): Promise<FirstAcquire[]> {
  const acquires = async (set: LimitSet, place: number): Promise<FirstAcquire[]> => {
    const found: FirstAcquire[] = [];
    await set.use({}, () => undefined);
    await sleep((REST_MS * place) / sets.length);
    for (let i = 0; i < times; i += 1) {
      await set.yield();
      await sleep(REST_MS);
      const askedAt = systemClock.now();
      const slot = await set.acquire();
      found.push({ askedAt, grantedAt: systemClock.now() });
      await slot.release();
    }
    await set.close();
    return found;
  };
  return (await Promise.all(sets.map(acquires))).flat();
}

/** How long each stage of each took, by the stage's name, where nobody else asked the limiter. */
export async function stagesOf(
  client: Client,
  name: string,
  acquires: readonly FirstAcquire[],
): Promise<Map<string, number[]>> {
  const events = await eventsOf(client, limiterId(name));
  const spans = new Map<string, number[]>();
  const note = (stage: string, ms: number): void => void spans.set(stage, [...(spans.get(stage) ?? []), ms]);
  for (const { askedAt, grantedAt } of acquires) {
    let left = events.filter((event) => timeOf(event) >= askedAt);
    let from = askedAt;
    for (const [stage, isEnd] of STAGES) {
      const at = left.findIndex((event) => Boolean(isEnd(event)));
      if (at < 0) throw new Error(`the limiter's history lacks '${stage}' of an acquire`);
      left = left.slice(at);
      const to = timeOf(left[0]);
      note(stage, to - from);
      from = to;
    }
    note(LAST_STAGE, grantedAt - from);
  }
  return spans;
}

/** The events of all runs of a workflow, the oldest first. */
async function eventsOf(client: Client, workflowId: string): Promise<readonly HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  let runId: string | undefined;
  do {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    found.unshift(...(events ?? []));
    runId = found[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  } while (runId);
  return found;
}
