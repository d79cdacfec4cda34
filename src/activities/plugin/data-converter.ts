import type { WorkerOptions } from '@temporalio/worker';
import {
  defaultPayloadConverter,
  type Payload,
  type PayloadCodec,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';
import { encodingOf, type Encoding } from '../../client/link/encoding';
import type { UnreadablePayload } from '../../workflows/limiter/protocol';

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

/** Told of a payload that this host cannot read, though a host with another data converter may. */
export type UnreadableHandler = (encoding: string, workflowId: string | undefined) => void;

/**
 * The user's data converter for a host of limiters. What it cannot read becomes something that a limiter can tell apart.
 *
 * Anybody in the namespace can send a limiter a signal whose payload the converter throws at. Inside the sandbox that
 * would fail the workflow task, again at each try: one message would stop the limiter for good. A payload that names this
 * host's own encoding and cannot be read is nonsense everywhere and becomes `null`; a limiter refuses and counts it. One
 * that names another encoding becomes an {@link UnreadablePayload}, since a host with that encoding can read it. Errors of
 * the user's codecs pass: a key service that is away for a moment must not turn honest messages into nonsense, differently
 * at each replay.
 */
export function withLegiblePayloads(
  dataConverter: DataConverter = {},
  onUnreadable: UnreadableHandler = () => undefined,
): DataConverter {
  const codec = new LegibleCodec(converterOf(dataConverter), onUnreadable);
  // codecs decode from the last to the first: this one sees what the user's have deciphered
  return { ...dataConverter, payloadCodecs: [codec, ...(dataConverter.payloadCodecs ?? [])] };
}

class LegibleCodec implements PayloadCodec {
  readonly #null: Payload;
  /** What this host writes JSON as, before its codecs. */
  readonly #encoding: string;

  constructor(
    private readonly converter: PayloadConverter,
    private readonly onUnreadable: UnreadableHandler,
  ) {
    this.#null = converter.toPayload(null);
    this.#encoding = encodingOf(converter.toPayload({}));
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads;
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return payloads.map((payload) => (this.#isLegible(payload) ? payload : this.#inPlaceOf(payload, context)));
  }

  #isLegible(payload: Payload): boolean {
    try {
      this.converter.fromPayload(payload);
      return true;
    } catch {
      return false;
    }
  }

  #inPlaceOf(payload: Payload, context: SerializationContext | undefined): Payload {
    const encoding = encodingOf(payload);
    if (encoding === '' || encoding === this.#encoding) return this.#null;
    this.onUnreadable(encoding, context?.workflowId);
    const unreadable: UnreadablePayload = { unreadableEncoding: encoding };
    return this.converter.toPayload(unreadable);
  }
}

/** As the SDK loads it for workers and clients. */
export function loadEncoding(dataConverter: DataConverter = {}): Encoding {
  return { payloadConverter: converterOf(dataConverter), payloadCodecs: dataConverter.payloadCodecs ?? [] };
}

/** As the SDK finds it: workers in the sandbox and outside of it load the same module. */
function converterOf({ payloadConverterPath }: DataConverter): PayloadConverter {
  if (payloadConverterPath === undefined) return defaultPayloadConverter;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a path of the user's, as the SDK itself loads it
  return (require(payloadConverterPath) as { payloadConverter: PayloadConverter }).payloadConverter;
}
