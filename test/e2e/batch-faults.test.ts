import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { MODEL } from '../../demo/providers';
import { startStrictProvider } from '../../demo/strict-provider';
import { type DevServer, startDevServer } from '../../src/client/dev-server/dev-server';
import {
  batchFiles,
  idsOf,
  readResults,
  removeBatchFiles,
  startBatch,
  untilLines,
  workersOf,
} from '../support/batch-command';
import { devServerSource } from '../support/server';

const KEY = 'sk-test-of-the-faults';
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };
const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `item-${i}`, prompt: 'p', maxTokens: 5 }));

let server: DevServer;
let provider: Awaited<ReturnType<typeof startStrictProvider>>;

beforeAll(async () => {
  server = await startDevServer({ namespace: 'default', source: await devServerSource() });
  provider = await startStrictProvider({ apiKey: KEY, quotas: { windowMs: 1_000 }, latencyMs: () => 50 });
});

afterAll(async () => {
  await provider.close();
  await server.stop();
  await removeBatchFiles();
});

function configFor(capacity: number, { name = randomUUID(), address = server.address } = {}): object {
  const config = { taskQueue: name, baseURL: provider.url, apiKey: '${TEST_KEY}', model: MODEL };
  return { temporal: { address }, sets: [{ name, config, limits: [{ kind: 'call', windowSeconds: 1, capacity }] }] };
}

it('refuses a Temporal that does not answer, before anything is started', async () => {
  const files = await batchFiles(configFor(10, { address: '127.0.0.1:1' }), items(1));
  const { code, stderr } = await startBatch(files, [], env).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('Temporal does not answer at 127.0.0.1:1'),
  });
});

it('refuses limits other than those that run', async () => {
  const name = randomUUID();
  const files = await batchFiles(configFor(10, { name }), items(3));
  expect((await startBatch(files, [], env).ended).code).toBe(0);
  const others = await batchFiles(configFor(20, { name }), items(3));
  const { code, stderr } = await startBatch(others, [], env).ended;
  const said = 'capacity of "call_count" is 20 here, but 10 where it runs. Give the newer definition a higher version';
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
});

it('says when the output takes nothing', async () => {
  const files = await batchFiles(configFor(10), items(3));
  const { code, stderr } = await startBatch({ ...files, output: '/dev/full' }, [], env).ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('/dev/full cannot be written (ENOSPC)'),
  });
});

it('goes by the config that it began with, while somebody edits the file', async () => {
  const files = await batchFiles(configFor(10), items(30));
  const batch = startBatch(files, [], env);
  await untilLines(files.output, 5);
  await writeFile(files.config, 'sets: [\n');
  for (const pid of await workersOf(batch)) process.kill(pid, 'SIGKILL');
  expect((await batch.ended).code).toBe(0);
  expect(new Set(idsOf(await readResults(files.output))).size).toBe(30);
});

it('ends on Ctrl-C also when its server is gone, and continues when there is one again', async () => {
  const files = await batchFiles(configFor(5), items(30));
  const batch = startBatch(files, [], env);
  await untilLines(files.output, 5);
  await server.stop();
  batch.process.kill('SIGINT');
  const { code, stderr } = await batch.ended;
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: expect.stringContaining('run the same command to continue it'),
  });

  const port = Number(server.address.split(':').at(-1));
  server = await startDevServer({ namespace: 'default', port, source: await devServerSource() });
  expect((await startBatch(files, [], env).ended).code).toBe(0);
  expect(new Set((await readResults(files.output)).map(({ id }) => id)).size).toBe(30);
  expect(await readResults(files.output)).toHaveLength(30);
});
