import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type DevServer } from '../../src/client/dev-server/dev-server';
import { batchFiles, readResults, removeBatchFiles, startBatch } from '../support/batch-command';
import { startServer } from '../support/server';

let server: DevServer;
let provider: Server;
let calls = 0;

beforeAll(async () => {
  server = await startServer();
  provider = createServer((request, response) => {
    calls += 1;
    void text(request).then((body) => {
      const { messages } = JSON.parse(body) as { messages: readonly { content: string }[] };
      const reply = { choices: [{ message: { content: `re ${messages[0]?.content ?? ''}` } }], usage: {} };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
    });
  });
  await once(provider.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  provider.close();
  provider.closeAllConnections();
  await removeBatchFiles();
  await server.stop();
});

test('two batches of the same accounts at one server each have the answers to their own items', async () => {
  const name = randomUUID();
  const config = {
    temporal: { address: server.address, namespace: server.namespace },
    sets: [
      {
        name,
        config: {
          ...{ taskQueue: name, apiKey: 'key', model: 'gpt-4o-mini' },
          baseURL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
        },
        limits: [
          { kind: 'call', windowSeconds: 1, capacity: 30 },
          { kind: 'resource', key: 'connections', capacity: 4 },
        ],
      },
    ],
  };
  const ids = Array.from({ length: 40 }, (_, i) => String(i));
  const batches = await Promise.all(
    ['apple', 'pear'].map(async (fruit) => {
      const input = ids.map((id) => ({ id, prompt: `${fruit} ${id}`, maxTokens: 5 }));
      const files = await batchFiles(config, input);
      const { code } = await startBatch(files, ['--workers', '1'], { TEMPORAL_ADDRESS: '' }).ended;
      return { fruit, code, results: await readResults(files.output) };
    }),
  );
  for (const { fruit, code, results } of batches) {
    expect(code).toBe(0);
    const answers = results.map((result) => [result.id, result.ok && result.text]);
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(ids.map((id) => [id, `re ${fruit} ${id}`])));
    expect(results).toHaveLength(ids.length);
  }
  expect(calls).toBe(2 * ids.length);
}, 120_000);
