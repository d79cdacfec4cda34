import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MODEL } from '../../demo/providers';
import { startStrictProvider, type StrictProviderOptions } from '../../demo/strict-provider';
import {
  batchFiles,
  controlBatch,
  descendantsOf,
  idsOf,
  isAlive,
  readResults,
  removeBatchFiles,
  startBatch,
  startInBackground,
  untilLines,
} from '../support/batch-command';
import { until } from '../support/until';

const KEY = 'sk-test-of-the-controlled';
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(() => Promise.all(cleanups.splice(0).map((cleanup) => cleanup())));
afterAll(removeBatchFiles);

/** A provider with room for everything, which can be held: it answers nothing then, so that no batch ends meanwhile. */
async function startProvider(failure: StrictProviderOptions['failure'] & {} = () => undefined) {
  let held: Promise<void> | undefined;
  let release = (): void => undefined;
  const provider = await startStrictProvider({
    apiKey: KEY,
    quotas: { windowMs: 1_000 },
    failure,
    latencyMs: () => held ?? 50,
  });
  cleanups.push(() => provider.close());
  return {
    ...provider,
    hold(): void {
      held = new Promise((resolve) => (release = resolve));
    },
    release(): void {
      held = undefined;
      release();
    },
  };
}

function configFor(url: string, calls: number): object {
  const name = randomUUID();
  const config = { taskQueue: name, baseURL: url, apiKey: '${TEST_KEY}', model: MODEL };
  return { sets: [{ name, config, limits: [{ kind: 'call', windowSeconds: 1, capacity: calls }] }] };
}

const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `item-${i}`, prompt: 'p', maxTokens: 5 }));

it('runs a batch in the background, in partitions, which can be looked at, held up and ended', async () => {
  const provider = await startProvider();
  const input = items(120);
  const files = await batchFiles(configFor(provider.url, 10), input);

  const { id, pid, started } = await startInBackground(files, ['--partitions', '2'], env);
  expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining(`batch status ${id}`) });

  await untilLines(files.output, 5);
  provider.hold();
  expect((await controlBatch(files, 'status', id)).stdout).toMatch(/state\s+│ running[^]*of 120 done, 0 failed/);
  expect(await controlBatch(files, 'pause', id)).toMatchObject({ code: 0, stdout: `batch ${id} is paused\n` });
  provider.release();
  await until('nothing is under way any more', async () =>
    /state\s+│ paused[^]*│\s+0 │\s+0 │/.test((await controlBatch(files, 'status', id)).stdout),
  );
  const served = provider.stats().served;
  const written = (await readResults(files.output)).length;
  const status = await controlBatch(files, 'status', id);
  expect(status.stdout).toContain(`${written} of 120 done`);
  expect([provider.stats().served, written]).toEqual([served, served]);

  expect((await controlBatch(files, 'resume', id)).code).toBe(0);
  await untilLines(files.output, written + 5);
  provider.hold();
  expect(await controlBatch(files, 'cancel', id)).toMatchObject({ code: 0, stdout: `batch ${id} ends\n` });
  await until('the command has ended', () => !isAlive(pid));
  expect((await controlBatch(files, 'status', id)).stderr).toContain('nothing runs this batch now');
  expect(await readFile(`${files.output}.log`, 'utf8')).toContain('run the same command to continue it');

  provider.release();
  const { code, stderr } = await startBatch(files, ['--resume'], env).ended;
  expect(stderr).toContain(`batch ${id} continues`);
  expect(idsOf(await readResults(files.output))).toEqual(idsOf(input));
  expect(code).toBe(0);
  expect(await controlBatch(files, 'status', id)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is unknown here'),
  });
});

it('does what has failed again, and only that', async () => {
  let isDown = true;
  const provider = await startProvider((n) => (isDown && n % 3 === 0 ? { status: 400 } : undefined));
  const input = items(9);
  const files = await batchFiles(configFor(provider.url, 100), input);
  expect((await startBatch(files, [], env).ended).code).toBe(1);
  const first = await readResults(files.output);
  expect(first.filter(({ ok }) => !ok)).toHaveLength(3);
  isDown = false;

  const again = await startBatch(files, ['--retry-failed'], env).ended;

  const results = await readResults(files.output);
  expect(again.code).toBe(0);
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(results).toEqual(expect.arrayContaining(first.filter(({ ok }) => ok)));
  expect(provider.stats().served).toBe(9);
  const nothing = await startBatch(files, ['--retry-failed'], env).ended;
  expect(nothing).toMatchObject({ code: 0, stderr: expect.stringContaining('has failed') });
});

it('is one command at an output, and continues when its own server is killed', async () => {
  const provider = await startProvider();
  const input = items(100);
  const files = await batchFiles(configFor(provider.url, 10), input);
  const batch = startBatch(files, [], env);
  await untilLines(files.output, 20);
  provider.hold();
  const other = await startBatch(files, [], env).ended;
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('is being written by') });
  provider.release();
  const [server] = await descendantsOf(batch, /^\S*temporal server/);
  process.kill(server!, 'SIGKILL');

  const { code } = await batch.ended;

  expect(idsOf(await readResults(files.output))).toEqual(idsOf(input));
  expect(code).toBe(0);
});
