import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { proxyActivities } from '@temporalio/workflow';
import { BatchItems } from '../../../src/workflows/batch/batch-items';
import {
  RECALLED,
  type IndexedItem,
  type ItemActivities,
  type ItemOutcome,
  type RoutedSet,
} from '../../../src/workflows/batch/batch-protocol';
import { BatchResults } from '../../../src/workflows/batch/batch-results';

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/workflow'),
  proxyActivities: jest.fn(),
}));

const SET: RoutedSet = {
  ...{ name: 'one', taskQueue: 'one', bound: 100, speed: 10 },
  largest: { inputTokens: null, maxTokens: null },
};
const ITEM: IndexedItem = { id: 'item', offset: 0, length: 1, maxTokens: 1, inputTokens: 1 };

const failed = (cause: Error): ActivityFailure =>
  new ActivityFailure('failed', 'completeItems', '1', RetryState.MAXIMUM_ATTEMPTS_REACHED, undefined, cause);
const LOST = failed(new TimeoutFailure('no heartbeat', undefined, TimeoutType.HEARTBEAT));
const GIVEN_BACK = failed(ApplicationFailure.create({ type: RECALLED }));

/** Does the item at a set whose workers have these outcomes, one after the other. */
async function endOf(item: IndexedItem, outcomes: readonly (ItemOutcome | Error)[], found: boolean | null = null) {
  const sent: IndexedItem[] = [];
  const answers = [...outcomes];
  const completeItems: ItemActivities['completeItems'] = async (_file, [one]) => {
    if (one !== undefined) sent.push(one);
    const outcome = answers.shift();
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('sent too often');
    return [outcome];
  };
  jest.mocked(proxyActivities).mockReturnValue({ completeItems });
  const control = { findResults: async () => [found], recallItems: async () => undefined };
  const results = new BatchResults(async () => undefined, 0, 0);
  const items = new BatchItems({ file: 'in.jsonl', items: 1, sets: [SET] }, control, results);
  const end = items.doItem(item, SET, false);
  items.send();
  return { end: await end, sent, results };
}

it.each([
  ['at its first attempt', ITEM, [LOST], { lost: 1, attemptsBefore: 1 }],
  ['after attempts elsewhere', { ...ITEM, attemptsBefore: 3 }, [LOST], { lost: 1, attemptsBefore: 4 }],
  ['while it was tried again', ITEM, [{ attempts: 2, retryMs: 500 }, LOST], { lost: 1, attemptsBefore: 3 }],
])('counts every attempt of an item whose worker is lost %s', async (_when, item, outcomes, expected) => {
  const { end } = await endOf(item, outcomes);
  expect(end).toEqual({ item: { ...item, ...expected } });
});

it('counts the attempts of an item that comes back from a wait for the next, and no more', async () => {
  const { end, sent } = await endOf(ITEM, [{ attempts: 2, retryMs: 500 }, GIVEN_BACK]);
  expect(sent).toEqual([ITEM, { ...ITEM, retry: { attempts: 2, waitMs: 500 } }]);
  expect(end).toEqual({ item: { ...ITEM, attemptsBefore: 2 } });
});

it('takes the result of an item whose worker is lost from the output, if it is there', async () => {
  const { end, results } = await endOf(ITEM, [LOST], true);
  expect([end, results.done, results.failed]).toEqual(['answered', 1, 0]);
});

it('gives an item up whose worker is lost each time', async () => {
  const { end, results } = await endOf({ ...ITEM, lost: 7, attemptsBefore: 9 }, [LOST]);
  expect([end, results.failed]).toEqual(['failed', 1]);
});
