import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { inventoryText } from '../../../src/batch/report/inventory-report';
import { clearBatch, clearLimiter, type Inventory, takeInventory } from '../../../src/batch/temporal/inventory';
import { takeOverview } from '../../../src/batch/temporal/overview';
import { type Inspection } from '../../../src/limiter/control/inspection';
import { LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';
import { anInspection, AT, FakeSet, fakeSession } from '../../support/fake-sets';
import { tableRows } from '../../support/table-rows';

const startTime = new Date(AT - 65_000);
const runStartedAt = startTime.toISOString();

/** What is open in a namespace: by id, what a query of it answers. */
type Open = Readonly<Record<string, unknown>>;

/** A client of a namespace, in which somebody polled for some workflows so long ago, and what was terminated in it. */
function aClient(open: Open, polled: readonly string[] = [], silentForSeconds = 0) {
  const terminated: string[] = [];
  const isOf = (id: string, query: string): boolean => query.includes(id.startsWith('batch:') ? 'batch' : 'limiter');
  const client = {
    options: { namespace: 'default' },
    workflowService: {
      describeTaskQueue: async ({ taskQueue }: { taskQueue: { name: string } }) => ({
        pollers: polled
          .filter((id) => taskQueue.name === `queue of ${id}`)
          .map(() => ({ lastAccessTime: { seconds: Date.now() / 1_000 - silentForSeconds } })),
      }),
    },
    withDeadline: (_: number, call: () => unknown) => call(),
    workflow: {
      async *list({ query }: { query: string }) {
        for (const workflowId of Object.keys(open)) {
          if (isOf(workflowId, query)) yield { workflowId, startTime, taskQueue: `queue of ${workflowId}` };
        }
      },
      getHandle: (id: string) => ({
        query: async () => {
          if (open[id] === undefined) throw new Error('nobody answers');
          return open[id];
        },
        terminate: async () => {
          if (!(id in open)) throw new WorkflowNotFoundError('not found', id, undefined);
          terminated.push(id);
        },
      }),
    },
  };
  return { client: client as unknown as Client, terminated };
}

const open: Open = {
  'limits:old': undefined,
  'batch:b-1:0': { isPaused: false },
  'batch:b-1:1': { isPaused: true },
  'batch:b-2:0': { isPaused: false },
  'batch:b-2:1': undefined,
  'batch:b-3:0': undefined,
};

const sets = [
  new FakeSet(anInspection({ set: 'openai', numClients: 3, waiting: 7, waitingSince: AT - 4_000 })),
  new FakeSet(new LimiterUnavailableError('old', 'it does not answer'), undefined, 'old'),
];
const { admin } = fakeSession(sets);

const listed = { runStartedAt, taskQueue: 'temporal-limits' };
const inventory: Inventory = {
  limiters: [
    {
      ...{ ...listed, set: 'openai', state: 'waiting', clients: 3, waiting: 7, oldestWaitMs: 4_000 },
      fullest: { limit: 'input_tokens', taken: 0.7 },
    },
    {
      ...{ ...listed, set: 'old', state: 'unanswered', clients: null, waiting: null, oldestWaitMs: null },
      fullest: null,
    },
  ],
  batches: [
    { id: 'b-1', state: 'paused', runStartedAt, workflows: 2 },
    { id: 'b-2', state: 'running', runStartedAt, workflows: 2 },
    { id: 'b-3', state: 'abandoned', runStartedAt, workflows: 1 },
  ],
};

it('lists limiters and batches, those that nobody runs too', async () => {
  expect(await takeInventory({ client: aClient(open).client, admin })).toEqual(inventory);
});

it('does not take a batch for abandoned whose queue is polled, though it does not answer', async () => {
  const { client, terminated } = aClient(open, ['batch:b-3:0']);
  expect((await takeInventory({ client, admin })).batches[2]).toMatchObject({ id: 'b-3', state: 'unanswered' });
  await expect(clearBatch(client, 'b-3')).rejects.toThrow('polled its task queue within the last 70 s');
  expect(terminated).toEqual([]);
  const later = aClient(open, ['batch:b-3:0'], 71);
  expect((await takeInventory({ client: later.client, admin })).batches[2]).toMatchObject({
    id: 'b-3',
    state: 'abandoned',
  });
});

it('lists more limiters than are asked at once', async () => {
  const many = Array.from({ length: 120 }, (_, i) => new FakeSet(anInspection({ set: `${i}` })));
  const { limiters } = await takeInventory({ client: aClient({}).client, admin: fakeSession(many).admin });
  expect(limiters.map(({ set }) => set)).toEqual(many.map(({ set }) => set));
});

it.each([
  ['paused', { control: { revision: 1, capacity: {}, log: [], pause: { by: 'anna', reason: '', at: AT } } }],
  ['throttled', { provider: { state: 'PAUSED' } }],
  ['circuit_open', { provider: { state: 'CIRCUIT' } }],
  ['serving', { provider: { state: 'OPEN' } }],
  ['waiting', { waiting: 1 }],
])('tells of a set that it is %s', async (state, own) => {
  const set = new FakeSet(anInspection(own as Partial<Inspection>));
  expect(await takeOverview(fakeSession([set]).admin)).toMatchObject([{ state }]);
});

it('prints a table of each', () => {
  expect(tableRows(inventoryText(inventory, AT))).toEqual([
    ['limiter of set', 'state', 'run age', 'clients', 'waiting', 'oldest', 'task queue'],
    ['openai', 'waiting', '1 min 5 s', '3', '7', '4 s', 'temporal-limits'],
    ['old', 'unanswered', '1 min 5 s', '–', '–', '–', 'temporal-limits'],
    ['batch', 'state', 'run age', 'open workflows'],
    ['b-1', 'paused', '1 min 5 s', '2'],
    ['b-2', 'running', '1 min 5 s', '2'],
    ['b-3', 'abandoned', '1 min 5 s', '1'],
  ]);
  expect(inventoryText({ limiters: [], batches: [] }, 0)).toBe('no limiters\nno open batches\n');
});

describe('what is cleared', () => {
  it('is the limiter of a set', async () => {
    const { client, terminated } = aClient(open);
    await clearLimiter(client, 'old');
    expect(terminated).toEqual(['limits:old']);
    await expect(clearLimiter(client, 'none')).rejects.toMatchObject({
      name: 'NoLimiterError',
      limitSet: 'none',
    });
  });

  it('is every workflow of a batch that nobody runs, and of no other', async () => {
    const { client, terminated } = aClient(open);
    await clearBatch(client, 'b-3');
    expect(terminated).toEqual(['batch:b-3:0']);
    await expect(clearBatch(client, 'b-2')).rejects.toThrow(
      'batch b-2 is running: end it with `temporal-limits batch cancel b-2`',
    );
    await expect(clearBatch(client, 'b')).rejects.toMatchObject({
      name: 'UsageError',
      message: 'no batch "b" is open: `temporal-limits ls` lists those that are',
    });
    expect(terminated).toEqual(['batch:b-3:0']);
  });
});
