import { Connection } from '@temporalio/client';
import { grpcCodeOf } from '../../src/client/link/reachability';

/** As in docker-compose.yml. What sends it takes a number, although its type asks for one of 64 bits. */
const RETENTION = { seconds: (72 * 3_600) as never };
const ALREADY_EXISTS = 6;

/** Creates a namespace unless it exists, and makes sure that it is known. */
export async function registerNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '10s' });
  const { workflowService } = connection;
  try {
    await workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION })
      .catch(unlessRegistered);
    // its services hear of it when they next read the list of namespaces
    await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'any' } });
  } finally {
    await connection.close();
  }
}

/** A second try finds what the first one has done. */
function unlessRegistered(error: unknown): void {
  if (grpcCodeOf(error) !== ALREADY_EXISTS) throw error;
}
