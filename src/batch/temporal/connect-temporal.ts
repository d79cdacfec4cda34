import { Client, isGrpcServiceError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type DataConverter } from '@temporalio/common';
import { TargetError } from '../errors/errors';
import { connectAt, placeOfTarget, whereOf } from './target-place';
import { type TemporalTarget } from './temporal-target';

/** Both ways to a server that a process needs: workers have one of their own. */
export interface TemporalConnections {
  readonly native: NativeConnection;
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  /** How client and workers write payloads. */
  readonly dataConverter: DataConverter | undefined;
  close(): Promise<void>;
}

const CONNECT_SECONDS = 5;
const NOT_FOUND = 5;

/**
 * Connects to the target. The client retries nothing by itself: the SDK's retry waits seconds when a limiter continues as
 * new at that moment, and ends the process when it is due after the connection was closed.
 *
 * @param orElse What else helps where no server answers; completes the error.
 * @throws {TargetError} if the server does not answer, or does not have the namespace
 */
export async function connectTemporal(
  target: TemporalTarget,
  dataConverter?: DataConverter,
  orElse = '',
): Promise<TemporalConnections> {
  const place = placeOfTarget(target);
  const { address, namespace, options } = place;
  const inConfig = target.address !== undefined;
  const refused = (where: string): TargetError =>
    new TargetError(
      `Temporal does not answer${where}: correct ` +
        `${inConfig ? 'temporal.address in the config' : 'TEMPORAL_ADDRESS'}, or start a server there${orElse}`,
    );
  const connection = await connectAt(place, refused);
  const client = new Client({ connection, namespace, ...(dataConverter !== undefined && { dataConverter }) });
  try {
    if (!(await hasNamespace(client, namespace))) {
      throw new TargetError(
        `Temporal at ${address} has no namespace ${JSON.stringify(namespace)}: correct ` +
          `${inConfig ? 'temporal.namespace in the config' : 'TEMPORAL_NAMESPACE'}, or create it`,
      );
    }
    const native = await NativeConnection.connect(options).catch((error: unknown) => {
      throw refused(whereOf(address, error));
    });
    return {
      native,
      client,
      address,
      namespace,
      dataConverter,
      close: () => connection.close().then(() => native.close()),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Only a clear no counts: not everybody who may use a namespace may have it described. */
async function hasNamespace(client: Client, namespace: string): Promise<boolean> {
  const describe = () => client.workflowService.describeNamespace({ namespace });
  return client.withDeadline(Date.now() + CONNECT_SECONDS * 1000, describe).then(
    () => true,
    (error: unknown) => !(isGrpcServiceError(error) && (error.code as number) === NOT_FOUND),
  );
}
