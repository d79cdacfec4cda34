import { randomUUID } from 'node:crypto';
import { MODEL } from '../../demo/providers';
import { type DevServer } from '../../src/client/dev-server/dev-server';
import { batchFiles, idsOf, readResults, removeBatchFiles, startBatch } from '../support/batch-command';
import { scriptedAccount, UNSERVED, type Answer, type ScriptedAccount } from '../support/scripted-account';
import { startServer } from '../support/server';

const KEY = 'sk-test-of-elsewhere';
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };

let server: DevServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await removeBatchFiles();
  await server.stop();
});

/** Run after each test, also where the test failed. */
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

const OK: Answer = [200];

async function start(account: Promise<ScriptedAccount>): Promise<ScriptedAccount> {
  const started = await account;
  cleanups.push(() => started.close());
  return started;
}

function configFor(...accounts: readonly ScriptedAccount[]): object {
  const sets = accounts.map(({ url: baseURL }) => {
    const name = randomUUID();
    return {
      name,
      config: { taskQueue: name, baseURL, apiKey: '${TEST_KEY}', model: MODEL },
      limits: [{ kind: 'call', windowSeconds: 1, capacity: 20 }],
    };
  });
  return { temporal: { address: server.address, namespace: server.namespace }, sets };
}

const itemsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `item-${i}`, prompt: `prompt ${i}.`, maxTokens: 5 }));

const healthy = () => start(scriptedAccount(() => OK));

it('does elsewhere what an account does not serve, whatever it says, and asks that one no more than it has to', async () => {
  const unserved = await Promise.all(Object.values(UNSERVED).map((account) => start(account())));
  const serving = await Promise.all([healthy(), healthy()]);
  const input = itemsOf(200);
  const files = await batchFiles(configFor(...unserved, ...serving), input);

  const { code, stdout } = await startBatch(files, [], env).ended;

  const results = await readResults(files.output);
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(code).toBe(0);
  const inAMinute = ({ calls }: ScriptedAccount) => calls.filter((at) => at < (calls[0] ?? 0) + 60_000).length;
  for (const account of unserved) expect(inAMinute(account)).toBeLessThanOrEqual(5);
  expect(serving.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(input.length);
  for (const cause of Object.keys(UNSERVED)) expect(stdout).toMatch(new RegExp(`\\d ${cause}`));
  // wherever its cell is wrapped
  expect(stdout).toMatch(/circuit/);
});

it('waits while no account serves, says why, and continues when one does', async () => {
  let isServing = false;
  const account = await start(scriptedAccount(() => (isServing ? OK : [401, 'invalid_api_key'])));
  const files = await batchFiles(configFor(account), itemsOf(10));
  const batch = startBatch(files, [], env);
  let shown = '';
  batch.process.stderr?.on('data', (text: string) => {
    shown += text;
    isServing ||= shown.includes('no set is served') && shown.includes('circuit open (unauthorized), tries again in');
  });

  const { code } = await batch.ended;

  expect((await readResults(files.output)).filter(({ ok }) => ok)).toHaveLength(10);
  expect(code).toBe(0);
  expect(account.calls.length).toBeLessThanOrEqual(14);
});
