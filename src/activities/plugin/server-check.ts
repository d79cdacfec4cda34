import type { NativeConnection, Worker } from '@temporalio/worker';
import { ofServer } from '../../client/link/obstacle';
import { defaultClient, environmentConfig, namespaceId } from '../../client/link/environment';
import type { LimitSet } from '../../client/sets/limit-set';

/** A server that takes longer is not compared. */
const CALL_MS = 20_000;
/** The address without one in the environment, as the SDK has it. */
const LOCAL = 'localhost:7233';

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
  const { address = LOCAL } = environmentConfig().connectionOptions;
  const client = await defaultClient();
  const { namespace } = client.options;
  const idThere = (): Promise<string> => namespaceId(client.workflowService, namespace);
  const there = await client.withDeadline(Date.now() + CALL_MS, idThere).catch((error: unknown) => {
    const cause = ofServer(error, { address, namespace })?.cause;
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
