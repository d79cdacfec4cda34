import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MODEL } from '../../demo/providers';
import { startStrictProvider } from '../../demo/strict-provider';
import { batchFiles, idsOf, readResults, removeBatchFiles, startBatch } from '../support/batch-command';
import { everythingStored } from '../support/everything-stored';
import { TemporalForTests } from '../support/temporal';

const KEY = 'key-of-the-test';

/** A module as limits.yaml names it: every byte is shifted, so that nothing legible is stored. */
const MODULE = `
const ENCODING = Buffer.from('binary/rotated');
const rotate = (bytes, by) => Uint8Array.from(bytes ?? [], (byte) => (byte + by) & 0xff);

exports.dataConverter = {
  payloadCodecs: [
    {
      encode: async (payloads) =>
        payloads.map(({ metadata, data }) => ({
          metadata: { encoding: ENCODING, inner: rotate(metadata?.encoding, 7) },
          data: rotate(data, 7),
        })),
      decode: async (payloads) =>
        payloads.map((payload) =>
          Buffer.from(payload.metadata?.encoding ?? []).equals(ENCODING)
            ? { metadata: { encoding: rotate(payload.metadata.inner, -7) }, data: rotate(payload.data, -7) }
            : payload,
        ),
    },
  ],
};
`;

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

afterAll(async () => {
  await removeBatchFiles();
  await temporal.stop();
});

it('a batch encodes all that it sends with the data converter of its config', async () => {
  const provider = await startStrictProvider({ apiKey: KEY, quotas: { windowMs: 1_000 }, latencyMs: () => 10 });
  const name = randomUUID();
  const config = { taskQueue: name, baseURL: provider.url, apiKey: KEY, model: MODEL };
  const limits = [{ kind: 'call', windowSeconds: 1, capacity: 20 }];
  const input = Array.from({ length: 30 }, (_, i) => ({ id: `secret-item-${i}`, prompt: `say ${i}`, maxTokens: 5 }));
  const files = await batchFiles({ dataConverter: 'rotating.cjs', sets: [{ name, config, limits }] }, input);
  await writeFile(join(dirname(files.config), 'rotating.cjs'), MODULE);
  const { address, namespace } = temporal.server;
  const batch = startBatch(files, [], { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
  const { code, stderr } = await batch.ended;
  await provider.close();
  expect([code, stderr.includes('cannot read')]).toEqual([0, false]);
  expect(idsOf(await readResults(files.output))).toEqual(idsOf(input));
  const stored = await everythingStored(temporal.client);
  expect(stored).toContain('binary/rotated');
  expect(stored).toContain('temporal-limits:binary/rotated');
  expect(['secret-item-7', 'windowMs'].filter((word) => stored.includes(word))).toEqual([]);
});
