import { warnOfOtherServer } from '../../../src/activities/plugin/server-check';
import { defaultClient } from '../../../src/client/link/environment';
import { CallLimit, LimiterUnavailableError, LimitSet } from '../../../src/index';

const before = process.env;
const limits = [new CallLimit({ windowSeconds: 1, capacity: 1 })];

// nobody listens there
beforeAll(() => {
  process.env = { ...before, TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_NAMESPACE: 'default' };
});

afterAll(async () => {
  await (await defaultClient()).connection.close();
  process.env = before;
});

/** A worker with a connection of its own, as far as it is looked at. */
function workerOf(describeNamespace: () => Promise<unknown>): Parameters<typeof warnOfOtherServer>[0] {
  const connection = {
    workflowService: { describeNamespace },
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
  };
  return { connection, options: { namespace: 'prod' } } as never;
}

async function warningsOf(...args: Parameters<typeof warnOfOtherServer>): Promise<unknown[]> {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  await warnOfOtherServer(...args);
  const said = warn.mock.calls.map(([text]) => text);
  warn.mockRestore();
  return said;
}

const reachable = workerOf(() => Promise.resolve({ namespaceInfo: { id: 'here' } }));

it('names the limits that are looked for where nobody answers, and the place', async () => {
  const set = new LimitSet({ name: 'mine', mode: 'temporal', limits });
  expect(await warningsOf(reachable, [set])).toEqual([
    expect.stringMatching(/connected to the namespace "prod".*"mine" in "default" at 127\.0\.0\.1:1\. Pass `client`/),
  ]);
  const stats = set.getStats();
  await expect(stats).rejects.toThrow(LimiterUnavailableError);
  await expect(stats).rejects.toThrow('Temporal at 127.0.0.1:1 cannot be reached');
  await set.close();
});

it('says nothing of a worker whose own server does not say what it is, and of limits within the process', async () => {
  const set = new LimitSet({ name: 'mine', mode: 'temporal', limits });
  expect(
    await warningsOf(
      workerOf(() => Promise.reject(new Error('denied'))),
      [set],
    ),
  ).toEqual([]);
  expect(await warningsOf(reachable, [new LimitSet({ name: 'own', limits })])).toEqual([]);
  await set.close();
});
