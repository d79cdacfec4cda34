import type { LoadedDataConverter, Payload } from '@temporalio/common';
import { limiterQueue } from '../../workflows/limiter/protocol';

/** How a process writes its payloads. A client and a worker load it from their `dataConverter`. */
export type Encoding = Pick<LoadedDataConverter, 'payloadConverter' | 'payloadCodecs'>;

/** Some codecs write only large payloads, for example those that compress. Unit: characters. */
const LARGE = 256 * 1024;

/** One small and one large message: together they show every encoding that a limiter's messages may have. */
const PROBES = [{}, { text: 'x'.repeat(LARGE) }];

const known = new WeakMap<Encoding, Promise<string>>();

/**
 * The task queue of the limiters that read and write this encoding. It follows from what the converter and the codecs make
 * of two known messages, so processes that encode alike find the same queue without being told. Only the `encoding` that
 * payloads name in their metadata counts: keys may rotate, and codecs may be random.
 *
 * @throws what the converter or a codec throws, for example while a key service is away; a later call tries again
 */
export function limiterQueueOf(encoding: Encoding): Promise<string> {
  const found = known.get(encoding) ?? probe(encoding);
  known.set(encoding, found);
  found.catch(() => known.delete(encoding));
  return found;
}

async function probe({ payloadConverter, payloadCodecs }: Encoding): Promise<string> {
  let payloads = PROBES.map((message) => payloadConverter.toPayload(message));
  for (const codec of payloadCodecs) payloads = await codec.encode(payloads);
  return limiterQueue(payloads.map(encodingOf));
}

/** What a payload's metadata says of how it is written. */
export function encodingOf({ metadata }: Payload): string {
  return Buffer.from(metadata?.['encoding'] ?? []).toString();
}
