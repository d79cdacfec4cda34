import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { type DevServer } from '../../src/client/dev-server/dev-server';
import { batchFiles, readResults, removeBatchFiles, startBatch } from '../support/batch-command';
import { startServer } from '../support/server';

let server: DevServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await removeBatchFiles();
  await server.stop();
});

test('a batch counts any unit: as the item, or the config, requests it, and as the reply says that it was used', async () => {
  const reply = {
    choices: [{ message: { content: 'done' } }],
    usage: { prompt_tokens: 9, completion_tokens: 1, details: { images: 1 } },
  };
  const provider = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(reply)));
  });
  await once(provider.listen(0, '127.0.0.1'), 'listening');
  const name = randomUUID();
  const config = {
    temporal: { address: server.address, namespace: server.namespace },
    units: { images: { requested: 1, usage: 'usage.details.images' } },
    sets: [
      {
        name,
        config: {
          ...{ taskQueue: name, apiKey: 'key', model: 'gpt-4o-mini' },
          baseURL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
        },
        limits: [{ kind: 'rate', key: 'images', windowSeconds: 604_800, capacity: 10, unused: 'returned' }],
      },
    ],
  };
  const item = (id: string, units?: object) => ({ id, prompt: 'draw', maxTokens: 5, units });
  // 12 in all, if the unused did not come back
  const input = [item('1'), item('2', { images: 5 }), item('3', { images: 6 }), item('too large', { images: 11 })];
  const files = await batchFiles(config, input);
  const { code, stderr } = await startBatch(files, ['--workers', '1'], { TEMPORAL_ADDRESS: '' }).ended;
  provider.close();
  provider.closeAllConnections();
  expect({ code, stderr }).toMatchObject({ code: 1 });
  const results = (await readResults(files.output)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const usage = { input_tokens: 9, output_tokens: 1, images: 1 };
  expect(results).toMatchObject([
    ...['1', '2', '3'].map((id) => ({ id, ok: true, usage })),
    {
      ok: false,
      error: { type: 'RequestExceedsCapacityError', message: expect.stringContaining('and 11 images') as string },
    },
  ]);
});
