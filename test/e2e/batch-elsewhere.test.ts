import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { MODEL } from '../../demo/providers';
import { type DevServer, startDevServer } from '../../src/client/dev-server/dev-server';
import { batchFiles, idsOf, readResults, removeBatchFiles, startBatch } from '../support/batch-command';

const KEY = 'sk-test-of-elsewhere';
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer({ namespace: 'default' });
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

/** A status, and the code and type that come with it. */
type Answer = readonly [status: number, code?: string];

const OK: Answer = [200];

interface TestAccount {
  readonly url: string;
  /** When it was called. Unit: milliseconds. */
  readonly calls: readonly number[];
}

/** One account at a provider, which answers each call as the test says: OK after 100 ms, all else after 5 ms. */
async function startAccount(answer: (number: number, prompt: string) => Answer): Promise<TestAccount> {
  const calls: number[] = [];
  const http = createServer((request, response) => {
    calls.push(performance.now());
    const number = calls.length;
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const [status, code] = answer(number, body);
      const reply = { choices: [{ message: { content: 'ok' } }], usage: { prompt_tokens: 5, completion_tokens: 1 } };
      const error = { error: { message: `scripted ${status}`, type: code ?? null, code: code ?? null } };
      response.writeHead(status, { 'content-type': 'application/json' });
      setTimeout(() => response.end(JSON.stringify(status === 200 ? reply : error)), status === 200 ? 100 : 5);
    });
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => close(http));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`, calls };
}

async function close(http: Server): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  http.closeAllConnections();
  await closed;
}

/** An address where nobody listens. */
async function refusingAccount(): Promise<TestAccount> {
  const http = createServer();
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const { port } = http.address() as AddressInfo;
  await close(http);
  return { url: `http://127.0.0.1:${port}/v1`, calls: [] };
}

function configFor(...accounts: readonly TestAccount[]): object {
  const sets = accounts.map(({ url: baseURL }) => {
    const name = randomUUID();
    return {
      name,
      config: { taskQueue: name, baseURL, apiKey: '${TEST_KEY}', model: MODEL },
      limits: [{ kind: 'call', windowSeconds: 1, capacity: 20 }],
    };
  });
  return { temporal: { address: server.address }, sets };
}

const itemsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `item-${i}`, prompt: `prompt ${i}.`, maxTokens: 5 }));

const healthy = () => startAccount(() => OK);

it('does elsewhere what an account does not serve, whatever it says, and asks that one no more than it has to', async () => {
  const unserved = await Promise.all([
    startAccount(() => [401, 'invalid_api_key']),
    startAccount(() => [403]),
    startAccount(() => [429, 'insufficient_quota']),
    startAccount(() => [500]),
    refusingAccount(),
  ]);
  const serving = await Promise.all([healthy(), healthy()]);
  const input = itemsOf(200);
  const files = await batchFiles(configFor(...unserved, ...serving), input);

  const { code, stdout } = await startBatch(files, [], env).ended;

  const results = await readResults(files.output);
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(code).toBe(0);
  const inAMinute = ({ calls }: TestAccount) => calls.filter((at) => at < (calls[0] ?? 0) + 60_000).length;
  for (const account of unserved) expect(inAMinute(account)).toBeLessThanOrEqual(5);
  expect(serving.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(input.length);
  for (const cause of ['unauthorized', 'forbidden', 'insufficient_quota', 'server_error', 'unreachable']) {
    expect(stdout).toContain(`set aside (${cause})`);
  }
});

it('waits while no account serves, says why, and goes on when one does', async () => {
  let isServing = false;
  const account = await startAccount(() => (isServing ? OK : [401, 'invalid_api_key']));
  const files = await batchFiles(configFor(account), itemsOf(10));
  const batch = startBatch(files, [], env);
  let shown = '';
  batch.process.stderr?.on('data', (text: string) => {
    shown += text;
    isServing ||=
      shown.includes('waits: no set is served') && shown.includes('set aside (unauthorized), tries again in');
  });

  const { code } = await batch.ended;

  expect((await readResults(files.output)).filter(({ ok }) => ok)).toHaveLength(10);
  expect(code).toBe(0);
  expect(account.calls.length).toBeLessThanOrEqual(14);
});
