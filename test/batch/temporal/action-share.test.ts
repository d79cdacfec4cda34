import { type Client } from '@temporalio/client';
import { actionShare } from '../../../src/batch/temporal/action-share';

type Event = Readonly<Record<string, object>>;

const started = (continuedExecutionRunId = ''): Event => ({
  workflowExecutionStartedEventAttributes: { continuedExecutionRunId },
});
const task: readonly Event[] = [
  { workflowTaskScheduledEventAttributes: {} },
  { workflowTaskStartedEventAttributes: {} },
  { workflowTaskCompletedEventAttributes: {} },
];
const signal: Event = { workflowExecutionSignaledEventAttributes: {} };
const timer: readonly Event[] = [{ timerStartedEventAttributes: {} }, { timerFiredEventAttributes: {} }];
const activity = (attempt: number): readonly Event[] => [
  { activityTaskScheduledEventAttributes: {} },
  { activityTaskStartedEventAttributes: { attempt } },
  { activityTaskCompletedEventAttributes: {} },
];

/** By workflow and, after a slash, by run. */
function clientOf(histories: Readonly<Record<string, readonly Event[]>>) {
  const read: string[] = [];
  const fetchHistory = async (key: string) => {
    read.push(key);
    if (!(key in histories)) throw new Error('not found');
    return { events: histories[key] };
  };
  const client = {
    withDeadline: (_deadline: number, act: () => Promise<unknown>) => act(),
    workflow: {
      getHandle: (id: string, run?: string) => ({
        fetchHistory: () => fetchHistory(run === undefined ? id : `${id}/${run}`),
      }),
    },
  };
  return { client: client as unknown as Client, read };
}

describe('the actions of a history', () => {
  it('are starts, signals, timers and every attempt of an activity', async () => {
    const events = [started(), ...task, signal, ...timer, ...activity(3), ...activity(1)];
    const { client } = clientOf({ one: events });
    expect(await actionShare(client, ['one'])).toBeCloseTo((1 + 1 + 1 + 3 + 1) / events.length);
  });

  it('are those of all workflows together, of which some may be gone', async () => {
    const { client } = clientOf({ one: [started(), ...task], two: [signal, signal, signal, signal] });
    expect(await actionShare(client, ['one', 'two', 'gone'])).toBeCloseTo(5 / 8);
    expect(await actionShare(client, ['gone'])).toBe(0);
  });

  it('are read from earlier runs, too, where the latest has only begun', async () => {
    const long = [started('before'), ...Array<Event>(600).fill(signal)];
    const { client, read } = clientOf({ one: [started('last'), ...task], 'one/last': long });
    expect(await actionShare(client, ['one'])).toBeCloseTo(602 / 605);
    expect(read).toEqual(['one', 'one/last']);
  });
});
