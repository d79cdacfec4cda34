import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Client } from '@temporalio/client';
import { version } from '../../package.json';

/** Where the tests look for recorded histories. */
export const HISTORIES = path.join(__dirname, '../../test/histories');

/** Writes the history of each run of a workflow, oldest first, as `<prefix>-<version>-run-<number>.json`. */
export async function saveHistories(
  client: Client,
  workflowId: string,
  prefix: string,
  directory: string,
): Promise<void> {
  const runs = [];
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) runs.push(run);
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  for (const [i, { runId }] of runs.entries()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const file = path.join(directory, `${prefix}-${version}-run-${i + 1}.json`);
    await writeFile(file, `${JSON.stringify(plain(history), withoutPlaces)}\n`);
    console.log(`${path.relative(process.cwd(), file)}: ${history.events?.length ?? 0} events`);
  }
}

/**
 * As plain JSON that a worker replays as it is, with bytes in base64. The SDK's own conversion to and from JSON needs
 * its packages to share one copy of protobufjs, which npm does not promise.
 */
function plain(history: object): unknown {
  const type = history.constructor as unknown as {
    toObject(message: object, options: { longs: unknown; bytes: unknown }): unknown;
  };
  return type.toObject(history, { longs: Number, bytes: String });
}

/** Where an error came from is a path on this machine, and replays nothing. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === 'stackTrace' ? '' : value;
}
