import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A payload as it stands on the wire, whatever a converter would have made of it. */
export function rawPayload(encoding: string | undefined, data: string | Uint8Array): Payload {
  return {
    metadata: encoding === undefined ? {} : { encoding: bytes(encoding) },
    data: typeof data === 'string' ? bytes(data) : data,
  };
}

/** Payloads that no converter reads: the SDK's own throws at each. */
export const ILLEGIBLE: readonly Payload[] = [
  rawPayload('json/plain', '{"wire":1,'),
  rawPayload('json/plain', ''),
  rawPayload('json/plain', Buffer.from([0xff, 0xfe, 0x00])),
  rawPayload('no/such-encoding', '{}'),
  rawPayload(undefined, '{}'),
  { data: bytes('{}') },
  {},
  rawPayload('json/protobuf', '{}'),
  rawPayload('binary/protobuf', Buffer.from([0xff])),
  rawPayload('\u0000', ''),
];

/** Sends a signal without any converter in between. */
export async function signalRaw(
  client: Client,
  workflowId: string,
  signalName: string,
  payloads: readonly Payload[],
): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: [...payloads] },
    identity: 'mallory',
    requestId: randomUUID(),
  });
}
