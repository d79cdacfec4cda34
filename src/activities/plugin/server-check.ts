import type { NativeConnection, Worker } from '@temporalio/worker';
import { ofServer } from '../../client/link/obstacle';
import { defaultClient, namespaceId, placeOf } from '../../client/link/environment';
import type { LimitSet } from '../../client/sets/limit-set';

/** A server that takes longer is not compared. */
const CALL_MS = 5_000;

/**
 * Warns of limits that are looked for in another place than where their worker is: a worker with a connection or a
 * namespace of its own does not hand that on to its sets, and nobody may host limiters where the environment says.
 */
export async function warnOfOtherServer(
  { connection, options }: Pick<Worker, 'options'> & { readonly connection: NativeConnection },
  sets: readonly LimitSet<object>[],
): Promise<void> {
  const plain = sets.filter((set) => set.mode === 'temporal' && !set.hasOwnClient);
  if (plain.length === 0) return;
  const ownId = (): Promise<string> => namespaceId(connection.workflowService, options.namespace);
  const here = await connection.withDeadline(Date.now() + CALL_MS, ownId).catch(() => '');
  // who may work there may not be allowed to look
  if (here === '') return;
  const client = await defaultClient();
  const place = placeOf(client);
  const { address = 'an unknown address', namespace } = place;
  const idThere = (): Promise<string> => namespaceId(client.workflowService, namespace);
  const there = await client.withDeadline(Date.now() + CALL_MS, idThere).catch((error: unknown) => {
    const cause = ofServer(error, place)?.cause;
    return cause === 'unreachable' || cause === 'no namespace' ? cause : here;
  });
  if (there === here) return;
  const names = plain.map(({ name }) => JSON.stringify(name)).join(', ');
  process.emitWarning(
    `The worker is connected to the namespace ${JSON.stringify(options.namespace)}, but these of its limits are looked for ` +
      `in another place, as the environment says: ${names} in ${JSON.stringify(namespace)} at ${address}. ` +
      'Pass `client` to each `LimitSet`, or set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.',
    'LimitsWarning',
  );
}
