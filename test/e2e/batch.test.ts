import { randomUUID } from 'node:crypto';
import { on } from 'node:events';
import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { type Account, MODEL, type RunningProvider, startProvider } from '../../demo/providers';
import { startStrictProvider, type StrictProviderOptions } from '../../demo/strict-provider';
import type { OverviewView } from '../../src/batch/dashboard/views';
import { type DevServer } from '../../src/client/dev-server/dev-server';
import {
  base64Forms,
  batchFiles,
  idsOf,
  isAlive,
  readResults,
  removeBatchFiles,
  type RunningCommand,
  startBatch,
  untilLines,
  workersOf,
} from '../support/batch-command';
import { startServer } from '../support/server';
import { until } from '../support/until';

const KEY = 'sk-test-9f8e7d6c5b4a';
/** Stands in every prompt; nothing but the provider may see it. */
const MARK = 'the quick brown secret of the prompt';
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };

let server: DevServer;
let connection: Connection;

beforeAll(async () => {
  server = await startServer();
  connection = await Connection.connect({ address: server.address });
});

afterAll(async () => {
  await removeBatchFiles();
  await connection.close();
  await server.stop();
});

/** Run after each test, also where the test failed. */
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

const account: Account = {
  name: '',
  apiKey: KEY,
  windowSeconds: 3,
  calls: 20,
  inputTokens: 2_000,
  outputTokens: 1_500,
  connections: 6,
};

async function strictProvider(): Promise<RunningProvider> {
  const provider = await startProvider(account);
  cleanups.push(() => provider.stop());
  return provider;
}

/** A provider with faults, and with room for everything. */
async function faultyProvider(failure: StrictProviderOptions['failure'] & {}, latencyMs = 20): Promise<string> {
  const provider = await startStrictProvider({
    apiKey: KEY,
    quotas: { windowMs: 3_000 },
    failure,
    latencyMs: () => latencyMs,
  });
  cleanups.push(() => provider.close());
  return provider.url;
}

/** A set of its own for each test: limiters live on. */
function setAt(url: string) {
  const name = randomUUID();
  const { windowSeconds, calls, inputTokens, outputTokens, connections } = account;
  return {
    name,
    config: { taskQueue: name, baseURL: url, apiKey: '${TEST_KEY}', model: MODEL },
    limits: [
      { kind: 'call', windowSeconds, capacity: calls },
      { kind: 'rate', key: 'input_tokens', windowSeconds, capacity: inputTokens },
      { kind: 'rate', key: 'output_tokens', windowSeconds, capacity: outputTokens },
      { kind: 'resource', key: 'connections', capacity: connections },
    ],
  };
}

function configFor(...urls: string[]) {
  return { temporal: { address: server.address, namespace: server.namespace }, sets: urls.map(setAt) };
}

function items(count: number): { id: string; prompt: string; maxTokens: number }[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `item-${i}`,
    prompt: `${MARK} ${'word '.repeat((i * 7) % 60)}`,
    maxTokens: 10 + (i % 40),
  }));
}

/** The address that a batch prints of its dashboard. */
async function dashboardOf({ process: { stderr } }: RunningCommand): Promise<string> {
  let text = '';
  for await (const [chunk] of on(stderr!, 'data') as AsyncIterable<[string]>) {
    text += chunk;
    const found = /^dashboard: (\S+)$/m.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`no dashboard: ${text}`);
}

const total = (counts: object): number => Object.values(counts as Record<string, number>).reduce((a, b) => a + b, 0);

it('answers every item once, within the limits of each account, over several processes', async () => {
  const [one, two] = await Promise.all([strictProvider(), strictProvider()]);
  const input = items(60);
  const config = configFor(one.url, two.url);
  const files = await batchFiles(config, input);

  const batch = startBatch(files, ['--workers', '3', '--dashboard'], env);
  const dashboard = await dashboardOf(batch);
  await until('the dashboard shows both accounts', async () => {
    const { rows } = (await (await fetch(`${dashboard}api/overview`)).json()) as OverviewView;
    return config.sets.every(({ name }) => rows.some(({ set, fullest }) => set === name && fullest !== undefined));
  });
  const { code, stdout } = await batch.ended;

  const results = await readResults(files.output);
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(code).toBe(0);
  expect(stdout).toMatch(/│ all\s+│\s+60 │/);
  expect(stdout).toContain('0 refused (429)');
  const stats = await Promise.all([one.stats(), two.stats()]);
  expect(stats.map(({ refused }) => total(refused))).toEqual([0, 0]);
  expect(stats.reduce((sum, { served }) => sum + served, 0)).toBe(60);
});

it('loses and doubles nothing when a worker process is killed half-way', async () => {
  const provider = await strictProvider();
  const input = items(50);
  const files = await batchFiles(configFor(provider.url), input);
  const batch = startBatch(files, ['--workers', '2'], env);
  await untilLines(files.output, 20);
  const [victim] = await workersOf(batch);
  process.kill(victim!, 'SIGKILL');

  const { code } = await batch.ended;

  const results = await readResults(files.output);
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(code).toBe(0);
  expect(total((await provider.stats()).refused)).toBe(0);
});

it('takes a 400 as final and tries a 500 again, and counts the attempts of both', async () => {
  const url = await faultyProvider((n) =>
    n === 3 ? { status: 400 } : n === 5 || n === 7 ? { status: 500 } : undefined,
  );
  const input = items(12);
  const files = await batchFiles(configFor(url), input);

  const { code, stdout, stderr } = await startBatch(files, [], env).ended;

  const results = await readResults(files.output);
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(code).toBe(1);
  const [failed] = results.filter(({ ok }) => !ok);
  expect(stderr).toContain(`1 of 12 items failed, such as "${failed?.id}": see "error" in ${files.output}`);
  expect(results.filter(({ ok }) => !ok)).toEqual([
    expect.objectContaining({
      ok: false,
      attempts: 1,
      error: { type: 'RequestRejected', message: expect.any(String) },
    }),
  ]);
  expect(results.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(14);
  expect(stdout).toContain('2 retries');
});

it('keeps keys and prompts out of everything but the requests', async () => {
  const url = await faultyProvider((n) => (n === 2 ? { status: 400 } : n === 3 ? 'drop' : undefined));
  const config = configFor(url);
  const files = await batchFiles(config, items(6));

  const { stdout, stderr } = await startBatch(files, [], env).ended;

  const client = new Client({ connection, namespace: server.namespace });
  const histories: unknown[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    histories.push(await client.workflow.getHandle(workflowId, runId).fetchHistory());
  }
  const seen = JSON.stringify({ stdout, stderr, output: await readResults(files.output), histories });
  const forms = [KEY, MARK].flatMap((secret) => [secret, ...base64Forms(secret)]);
  expect(histories.length).toBeGreaterThan(1);
  expect(forms.filter((form) => seen.includes(form))).toEqual([]);
});

it('ends on Ctrl-C with what has been answered written, and leaves no process behind', async () => {
  const provider = await strictProvider();
  const files = await batchFiles(configFor(provider.url), items(200));
  const batch = startBatch(files, ['--workers', '2'], env);
  await untilLines(files.output, 10);
  const workers = await workersOf(batch);
  batch.process.kill('SIGINT');

  const { code } = await batch.ended;

  const results = await readResults(files.output);
  expect(code).toBe(130);
  expect(workers).toHaveLength(2);
  expect(workers.filter(isAlive)).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(10);
  expect(new Set(results.map(({ id }) => id)).size).toBe(results.length);
});

it('starts a Temporal server of its own where none is named', async () => {
  const url = await faultyProvider(() => undefined);
  const files = await batchFiles({ sets: [setAt(url)] }, items(5));

  const { code } = await startBatch(files, [], env).ended;

  expect(code).toBe(0);
  expect(await readResults(files.output)).toHaveLength(5);
});

describe('before anything is started', () => {
  const input = items(1);

  it('refuses a config, with file, line and key', async () => {
    const files = await batchFiles({ sets: [{ ...setAt('http://127.0.0.1:1'), surprise: 1 }] }, input);
    const { code, stderr } = await startBatch(files, [], env).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/limits\.yaml:\d+:\d+ sets\[0\]\.surprise:/);
    expect(existsSync(files.output)).toBe(false);
  });

  it('refuses a variable that is not set', async () => {
    const files = await batchFiles({ sets: [setAt('http://127.0.0.1:1')] }, input);
    const { code, stderr } = await startBatch(files, [], { TEST_KEY: undefined }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/sets\[0\]\.config\.apiKey: .*TEST_KEY is not set/);
  });

  it('refuses an input, with file and line', async () => {
    const files = await batchFiles(
      { sets: [setAt('http://127.0.0.1:1')] },
      '{"id":"1","prompt":"p","maxTokens":1}\n{"id":"1"',
    );
    const { code, stderr } = await startBatch(files, [], env).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/in\.jsonl:2: /);
  });

  it('refuses an output that is the input, or holds something', async () => {
    const files = await batchFiles({ sets: [setAt('http://127.0.0.1:1')] }, input);
    const same = await startBatch({ ...files, output: files.input }, [], env).ended;
    const other = await startBatch({ ...files, output: files.config }, [], env).ended;
    expect([same.code, other.code]).toEqual([2, 2]);
    expect(same.stderr).toContain('--output names the same file as --input');
    expect(await readResults(files.input)).toHaveLength(1);
  });

  it('refuses options that make no sense', async () => {
    const files = await batchFiles({ sets: [setAt('http://127.0.0.1:1')] }, input);
    const ended = await startBatch(files, ['--workers', 'many'], env).ended;
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('whole number from 1') });
  });
});
