import { gzipSync } from 'node:zlib';
import { defaultPayloadConverter, type Payload, type PayloadCodec, type PayloadConverter } from '@temporalio/common';
import { limiterQueueOf, type Encoding } from '../../../src/client/link/encoding';
import { EncryptingCodec } from '../../support/encrypting-codec';

const encoding = (...payloadCodecs: PayloadCodec[]): Encoding => ({
  payloadConverter: defaultPayloadConverter,
  payloadCodecs,
});

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A codec that writes as told, and reads nothing. */
const writing = (encode: (payload: Payload) => Payload): PayloadCodec => ({
  encode: async (payloads) => payloads.map(encode),
  decode: async (payloads) => payloads,
});

const withKey = (key: string): PayloadCodec =>
  writing(({ data }) => ({ metadata: { encoding: bytes('binary/encrypted'), key: bytes(key) }, data: data ?? null }));

const compressing = writing((payload) =>
  (payload.data?.length ?? 0) < 128 * 1024
    ? payload
    : { metadata: { encoding: bytes('binary/gzip') }, data: gzipSync(payload.data ?? new Uint8Array()) },
);

describe('limiters are hosted on', () => {
  it.each([
    ['the plain queue without a codec', encoding(), 'temporal-limits'],
    ['a queue of the codec', encoding(new EncryptingCodec()), 'temporal-limits:binary/encrypted'],
    [
      'a queue of a codec that writes large payloads only',
      encoding(compressing),
      'temporal-limits:binary/gzip+json/plain',
    ],
    [
      'a queue of the outermost codec',
      encoding(compressing, new EncryptingCodec()),
      'temporal-limits:binary/encrypted',
    ],
  ])('%s', async (_, own, queue) => {
    expect(await limiterQueueOf(own)).toBe(queue);
  });

  it('the same queue whichever key is in use', async () => {
    const [old, rotated] = [encoding(withKey('2025')), encoding(withKey('2026'))];
    expect(await limiterQueueOf(rotated)).toBe(await limiterQueueOf(old));
  });

  it('a queue of a converter that names its own encoding', async () => {
    const payloadConverter: PayloadConverter = {
      toPayload: (value) => ({ metadata: { encoding: bytes('json/dates') }, data: bytes(JSON.stringify(value)) }),
      fromPayload: () => undefined as never,
    };
    expect(await limiterQueueOf({ payloadConverter, payloadCodecs: [] })).toBe('temporal-limits:json/dates');
  });
});

it('a key service that is away for a moment is asked again', async () => {
  let isAway = true;
  const codec = writing((payload) => {
    if (isAway) throw new Error('no key');
    return { ...payload, metadata: { encoding: bytes('binary/encrypted') } };
  });
  const own = encoding(codec);
  await expect(limiterQueueOf(own)).rejects.toThrow('no key');
  isAway = false;
  expect(await limiterQueueOf(own)).toBe('temporal-limits:binary/encrypted');
});
