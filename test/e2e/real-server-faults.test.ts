import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODEL } from '../../demo/providers';
import { startStrictProvider } from '../../demo/strict-provider';
import { type RealServer, startRealServer } from '../../scripts/real-server/real-server';
import { batchFiles, idsOf, readResults, removeBatchFiles, startBatch, untilLines } from '../support/batch-command';

const KEY = 'sk-test-of-real-faults';
const AWAY_MS = 20_000;

const faults: Readonly<Record<string, (server: RealServer) => Promise<void>>> = {
  async 'its server is killed'({ temporal }) {
    await temporal.crash();
    await temporal.start();
  },
  async 'its database restarts'({ database }) {
    await database.crash();
    await database.start();
  },
  async 'its database is away for 20 s'({ database }) {
    await database.crash();
    await sleep(AWAY_MS);
    await database.start();
  },
};

/** One of its own beside the one that other tests use. */
let server: RealServer;

beforeAll(async () => {
  server = await startRealServer();
});

afterAll(async () => {
  await removeBatchFiles();
  await server.stop();
});

test.each(Object.entries(faults))('writes each result once, and none is refused, when %s', async (_, strike) => {
  const limits = { windowMs: 1_000, calls: 10 };
  const provider = await startStrictProvider({ apiKey: KEY, quotas: limits, latencyMs: () => 50 });
  const name = randomUUID();
  const input = Array.from({ length: 100 }, (_, i) => ({ id: `item-${i}`, prompt: 'p', maxTokens: 5 }));
  const config = { taskQueue: name, baseURL: provider.url, apiKey: '${TEST_KEY}', model: MODEL };
  const sets = [{ name, config, limits: [{ kind: 'call', windowSeconds: 1, capacity: limits.calls }] }];
  const { address, namespace } = server;
  const files = await batchFiles({ temporal: { address, namespace }, sets }, input);
  const batch = startBatch(files, [], { TEST_KEY: KEY });
  await untilLines(files.output, 20);
  await strike(server);
  const { code, stderr } = await batch.ended;
  const results = await readResults(files.output);
  await provider.close();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(idsOf(results)).toEqual(idsOf(input));
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(provider.stats().refused.calls).toBe(0);
});
