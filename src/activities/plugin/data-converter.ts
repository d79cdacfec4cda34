import type { WorkerOptions } from '@temporalio/worker';
import { defaultPayloadConverter, type Payload, type PayloadCodec, type PayloadConverter } from '@temporalio/common';

/** As a worker takes it. */
export type DataConverter = NonNullable<WorkerOptions['dataConverter']>;

/** Whether two converters write and read the same; each worker of a process may have been given an object of its own. */
export function sameConverter(a: DataConverter = {}, b: DataConverter = {}): boolean {
  const [codecs, others] = [a.payloadCodecs ?? [], b.payloadCodecs ?? []];
  return (
    a.payloadConverterPath === b.payloadConverterPath &&
    a.failureConverterPath === b.failureConverterPath &&
    codecs.length === others.length &&
    codecs.every((codec, index) => codec === others[index])
  );
}

/**
 * The user's data converter, behind which a payload that nobody can read is `null`.
 *
 * Anybody in the namespace can send a limiter a signal whose payload the converter throws at. Inside the sandbox that
 * would fail the workflow task, again at each try: one message would stop the limiter for good. As `null` it is refused
 * and counted like any other nonsense. What the user's own codecs throw is left alone: a key service that is away for a
 * moment must not turn honest messages into nonsense, differently at each replay.
 */
export function withLegiblePayloads(dataConverter: DataConverter = {}): DataConverter {
  const codec = new LegibleCodec(converterOf(dataConverter));
  // codecs decode from the last to the first: this one sees what the user's have deciphered
  return { ...dataConverter, payloadCodecs: [codec, ...(dataConverter.payloadCodecs ?? [])] };
}

class LegibleCodec implements PayloadCodec {
  readonly #null: Payload;

  constructor(private readonly converter: PayloadConverter) {
    this.#null = converter.toPayload(null);
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads;
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (this.#isLegible(payload) ? payload : this.#null));
  }

  #isLegible(payload: Payload): boolean {
    try {
      this.converter.fromPayload(payload);
      return true;
    } catch {
      return false;
    }
  }
}

/** As the SDK finds it: workers in the sandbox and outside of it load the same module. */
function converterOf({ payloadConverterPath }: DataConverter): PayloadConverter {
  if (payloadConverterPath === undefined) return defaultPayloadConverter;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a path of the user's, as the SDK itself loads it
  return (require(payloadConverterPath) as { payloadConverter: PayloadConverter }).payloadConverter;
}
