import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Account, MODEL, startProvider } from '../../demo/providers';
import {
  batchFiles,
  descendantsOf,
  idsOf,
  readResults,
  removeBatchFiles,
  startBatch,
  untilLines,
} from '../support/batch-command';

const KEY = 'sk-test-of-the-resumed';
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };
const account: Account = {
  ...{ name: '', apiKey: KEY, windowSeconds: 3 },
  ...{ calls: 20, inputTokens: 100_000, outputTokens: 100_000, connections: 6 },
};

afterAll(removeBatchFiles);

it('ends with every item once and no refusal, though all its processes are killed again and again', async () => {
  const provider = await startProvider(account);
  const input = Array.from({ length: 80 }, (_, i) => ({ id: `item-${i}`, prompt: `say ${i}`, maxTokens: 5 }));
  const name = randomUUID();
  const limits = [
    { kind: 'call', windowSeconds: 3, capacity: 20 },
    { kind: 'resource', key: 'connections', capacity: 6 },
  ];
  const config = { taskQueue: name, baseURL: provider.url, apiKey: '${TEST_KEY}', model: MODEL };
  const files = await batchFiles({ sets: [{ name, config, limits }] }, input);
  try {
    for (const lines of [20, 45]) {
      const batch = startBatch(files, [], env);
      await untilLines(files.output, lines);
      // the first time, the others end by themselves when they have lost the command
      const others = lines === 20 ? [] : await descendantsOf(batch);
      for (const pid of [batch.process.pid!, ...others]) process.kill(pid, 'SIGKILL');
      await batch.ended;
    }
    const { code, stderr } = await startBatch(files, [], env).ended;

    const results = await readResults(files.output);
    expect(idsOf(results)).toEqual(idsOf(input));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(code).toBe(0);
    expect(stderr).toContain('continues');
    expect(existsSync(`${files.output}.batch`)).toBe(false);
    const { refused } = await provider.stats();
    expect(Object.values<number>({ ...refused })).toEqual([0, 0, 0, 0]);
  } finally {
    await provider.stop();
  }
});
