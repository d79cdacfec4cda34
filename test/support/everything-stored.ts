import type { Client } from '@temporalio/client';

/** All that a server keeps of a namespace's workflows, payloads as the texts that they are. */
export async function everythingStored(client: Client): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId, raw } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(...textsIn(raw), ...textsIn(history));
  }
  return texts.join('\n');
}

/** By hand, because the JSON of a protobuf message has its bytes in base64. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value instanceof Uint8Array) yield Buffer.from(value).toString('utf8');
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* [key, ...textsIn(item)];
  }
}
