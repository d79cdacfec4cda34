import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';

const ENCODING = 'binary/encrypted';
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const bytes = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

/** What is written by it, only it can read; what somebody else has written it leaves as it is. */
export class EncryptingCodec implements PayloadCodec {
  readonly #key = randomBytes(32);

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
      const encoding = text(payload.metadata?.['encoding']);
      const plain = JSON.stringify([encoding, text(payload.data)]);
      const data = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { metadata: { encoding: Buffer.from(ENCODING) }, data };
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== ENCODING) return payload;
      const data = Buffer.from(payload.data ?? []);
      const cipher = createDecipheriv('aes-256-gcm', this.#key, data.subarray(0, 12));
      cipher.setAuthTag(data.subarray(-16));
      const plain = Buffer.concat([cipher.update(data.subarray(12, -16)), cipher.final()]).toString('utf8');
      const [encoding, content] = JSON.parse(plain) as [string, string];
      return { metadata: { encoding: bytes(encoding) }, data: bytes(content) };
    });
  }
}
