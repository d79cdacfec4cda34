import { defaultPayloadConverter, type PayloadCodec } from '@temporalio/common';
import { withLegiblePayloads } from '../../../src/activities/plugin/data-converter';
import { EncryptingCodec } from '../../support/encrypting-codec';
import { ILLEGIBLE, rawPayload } from '../../support/raw-signals';

const ENCRYPTED = rawPayload('binary/encrypted', 'xxx');
const context = { type: 'workflow', namespace: 'default', workflowId: 'limits:openai' } as const;

/** What a host with these codecs reads of a payload, and of what it complains. */
async function readBy(payload: typeof ENCRYPTED, payloadCodecs: PayloadCodec[] = []) {
  const complaints: unknown[] = [];
  const { payloadCodecs: codecs = [] } = withLegiblePayloads({ payloadCodecs }, (...said) => complaints.push(said));
  let payloads = [payload];
  for (const codec of codecs.toReversed()) payloads = await codec.decode(payloads, context);
  return { value: defaultPayloadConverter.fromPayload(payloads[0]!), complaints };
}

it('what another encoding wrote is told apart from nonsense, and the host hears of which limiter', async () => {
  expect(await readBy(ENCRYPTED)).toEqual({
    value: { unreadableEncoding: 'binary/encrypted' },
    complaints: [['binary/encrypted', 'limits:openai']],
  });
});

it('nonsense in the own encoding, or in none, is nothing, and no reason to complain', async () => {
  for (const payload of [ILLEGIBLE[0]!, rawPayload(undefined, '{}'), {}]) {
    expect(await readBy(payload)).toEqual({ value: null, complaints: [] });
  }
});

it('what the codecs decipher is read, and what they throw passes', async () => {
  const codec = new EncryptingCodec();
  const [secret] = await codec.encode([defaultPayloadConverter.toPayload({ a: 1 })]);
  expect(await readBy(secret!, [codec])).toEqual({ value: { a: 1 }, complaints: [] });
  await expect(readBy(secret!, [new EncryptingCodec()])).rejects.toThrow();
});
