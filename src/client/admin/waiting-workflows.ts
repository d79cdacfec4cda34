import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { MOST_ON_A_PAGE } from '../../limiter/control/inspection';
import { askHosted } from '../link/ask-hosted';
import type { SetAdmin } from './set-admin';

/** A set whose limiter runs. */
interface HostedSet {
  readonly set: string;
  readonly taskQueue: string;
}

/** What a waiting activity tells with its heartbeats. */
interface WaitingActivity {
  /** Names of the sets that it waits for. */
  readonly limitSets?: readonly string[];
}

/**
 * The sets that a workflow waits for: its activities say so with their heartbeats, and the limiters know it of workflow code.
 *
 * @throws WorkflowNotFoundError if there is none of this id
 */
export async function waitedForBy(
  client: Client,
  workflowId: string,
  sets: readonly HostedSet[],
  admin: (set: string) => SetAdmin,
): Promise<readonly string[]> {
  const byActivities = await ofActivities(client, workflowId);
  const waits = await askHosted(sets, ({ set }) => waitsInCode(admin(set), workflowId));
  const inCode = sets.flatMap(({ set }, i) => (waits[i] === true ? [set] : []));
  return [...new Set([...byActivities, ...inCode])];
}

async function ofActivities(client: Client, workflowId: string): Promise<string[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const details = (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) => heartbeatDetails?.payloads ?? []);
  const told = await Promise.all(details.map((payload) => decode(client, payload)));
  return told.flatMap((value) => {
    const { limitSets } = (value ?? {}) as WaitingActivity;
    return Array.isArray(limitSets) ? limitSets.filter((set): set is string => typeof set === 'string') : [];
  });
}

/** Progress that another data converter has encoded tells nothing. */
async function decode({ options: { loadedDataConverter } }: Client, payload: Payload): Promise<unknown> {
  const { payloadCodecs, payloadConverter } = loadedDataConverter;
  try {
    let payloads = [payload];
    for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads);
    return payloads[0] === undefined ? undefined : payloadConverter.fromPayload(payloads[0]);
  } catch {
    return undefined;
  }
}

async function waitsInCode(admin: SetAdmin, workflowId: string): Promise<boolean> {
  for (let firstClient: number | undefined = 0; firstClient !== undefined;) {
    const { clients, nextClient } = await admin.inspect({ firstClient, clients: MOST_ON_A_PAGE });
    if (clients.some(({ run, waiting }) => run?.workflowId === workflowId && waiting > 0)) return true;
    firstClient = nextClient;
  }
  return false;
}
