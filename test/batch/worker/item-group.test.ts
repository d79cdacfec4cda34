import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Complete } from '../../../src/batch/worker/complete';
import { completeItems } from '../../../src/batch/worker/item-group';
import { Outbox } from '../../../src/batch/worker/outbox';
import { Recalls } from '../../../src/batch/worker/recalls';
import { MAX_ATTEMPTS, type IndexedItem, type ItemOutcome } from '../../../src/workflows/batch/batch-protocol';
import { type ItemResult } from '../../../src/workflows/batch/item-result';

/** The line of an item, whose prompt is its id. */
const lineOf = (id: string): string => JSON.stringify({ id, prompt: id, maxTokens: 5 });
const LENGTH = lineOf('a').length;
const IDS = ['a', 'b', 'c'];
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'temporal-limits-item-group-'));
  file = join(folder, 'in.jsonl');
  await writeFile(file, IDS.map((id) => `${lineOf(id)}\n`).join(''));
});
afterAll(() => rm(folder, { recursive: true }));

const item = (id: string, more: Partial<IndexedItem> = {}): IndexedItem => ({
  ...{ id, offset: IDS.indexOf(id) * (LENGTH + 1), length: LENGTH, maxTokens: 5, inputTokens: 1 },
  ...more,
});

const REPLY = { text: 'hi', usage: { input_tokens: 1, output_tokens: 1 } };
const busy = (nextRetryDelay?: number) =>
  ApplicationFailure.create({ type: 'ProviderError', message: 'busy', nextRetryDelay });
const rejected = ApplicationFailure.nonRetryable('no', 'RequestRejected');
const unserved = { isAside: true };

/** Does a group, each attempt of which ends as told. Says what became of the items, and what was written. */
async function group(
  items: readonly IndexedItem[],
  end: (id: string, attempt: number, recalls: Recalls) => typeof REPLY | Error,
): Promise<{ outcomes: readonly ItemOutcome[]; written: ItemResult[]; attempts: number[] }> {
  const written: ItemResult[] = [];
  const attempts: number[] = [];
  const recalls = new Recalls();
  const outbox: Outbox = new Outbox((result) => {
    written.push(result);
    outbox.written(result.id);
  });
  const complete: Complete = async (read, attempt) => {
    const { prompt } = await read();
    attempts.push(attempt);
    const reply = end(prompt, attempt, recalls);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  const worker = { set: 'one', complete, recalls, outbox, takesLong: () => undefined };
  const outcomes = await new MockActivityEnvironment().run(() => completeItems(worker, file, items, false));
  return { outcomes: outcomes as readonly ItemOutcome[], written, attempts };
}

it('has the result of each item written, and says which were answered', async () => {
  const items = [item('a'), item('b', { attemptsBefore: 2 })];
  const { outcomes, written } = await group(items, (id) => (id === 'a' ? REPLY : rejected));
  expect(outcomes).toEqual([true, false]);
  expect(written.toSorted((one, other) => (one.id < other.id ? -1 : 1))).toEqual([
    { id: 'a', ok: true, set: 'one', ...REPLY, attempts: 1 },
    { id: 'b', ok: false, set: 'one', error: { type: 'RequestRejected', message: 'no' }, attempts: 3 },
  ]);
});

it('gives an item back that is to be tried again: the others do not wait for it', async () => {
  const { outcomes, written } = await group([item('a'), item('b')], (id) => (id === 'a' ? busy(1_234) : REPLY));
  expect(outcomes).toEqual([{ attempts: 1, retryMs: 1_234 }, true]);
  expect(written.map(({ id }) => id)).toEqual(['b']);
});

it('tries an item again that is alone, after the wait that it came with, and counts on', async () => {
  const ends = [busy(1), REPLY];
  const { outcomes, written, attempts } = await group([item('a', { retry: { attempts: 3, waitMs: 1 } })], () =>
    ends.shift()!,
  );
  expect(outcomes).toEqual([true]);
  expect(attempts).toEqual([4, 5]);
  expect(written).toMatchObject([{ attempts: 5 }]);
});

it('gives an item up after the last attempt', async () => {
  const retry = { attempts: MAX_ATTEMPTS - 1, waitMs: 1 };
  const { outcomes, written } = await group([item('a', { retry })], () => busy());
  expect(outcomes).toEqual([false]);
  expect(written).toMatchObject([{ ok: false, error: { type: 'ProviderError' }, attempts: MAX_ATTEMPTS }]);
});

it('gives an item back that its set does not serve, or that is asked back', async () => {
  const aside = ApplicationFailure.nonRetryable('aside', 'NotServed', 1, unserved);
  const askedBack = ApplicationFailure.nonRetryable('asked back', 'Recalled');
  const { outcomes, written } = await group([item('a'), item('b')], (id) => (id === 'a' ? aside : askedBack));
  expect(outcomes).toEqual([{ attempts: 1, notServed: unserved }, { attempts: 0 }]);
  expect(written).toEqual([]);
});

it('ends the wait for another attempt when the item is asked back', async () => {
  const { outcomes } = await group([item('a')], (_id, _attempt, recalls) => {
    queueMicrotask(() => recalls.recall(['a']));
    return busy(60_000);
  });
  expect(outcomes).toEqual([{ attempts: 1 }]);
});

it('gives back with an item that is asked back what of its group has not been started either', async () => {
  const recalls = new Recalls();
  const outbox: Outbox = new Outbox(({ id }) => outbox.written(id));
  const complete: Complete = async (read, _attempt, elsewhere) => {
    const { prompt } = await read();
    if (prompt === 'a') return REPLY;
    if (prompt === 'c') recalls.recall(['c']);
    // that of c may be over before b has been read
    if (elsewhere?.recalled.aborted === false) await once(elsewhere.recalled, 'abort');
    throw ApplicationFailure.nonRetryable('asked back', 'Recalled');
  };
  const worker = { set: 'one', complete, recalls, outbox, takesLong: () => undefined };
  const items = IDS.map((id) => item(id));
  const outcomes = new MockActivityEnvironment().run(() => completeItems(worker, file, items, false));
  expect(await outcomes).toEqual([true, { attempts: 0 }, { attempts: 0 }]);
});

it('fails as a whole when a result cannot be written', async () => {
  const outbox: Outbox = new Outbox(({ id }) => outbox.written(id, 'no room'));
  const worker = {
    set: 'one',
    complete: async () => REPLY,
    recalls: new Recalls(),
    outbox,
    takesLong: () => undefined,
  };
  const run = new MockActivityEnvironment().run(() => completeItems(worker, file, [item('a')], false));
  await expect(run).rejects.toMatchObject({ type: 'OutputError' });
});
