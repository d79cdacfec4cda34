import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { type BatchConfig } from './config';

/** Which Temporal server a process uses. What is left out comes from the environment, as `@temporalio/envconfig` reads it. */
export interface TemporalTarget {
  readonly address?: string;
  readonly namespace?: string;
}

/** Both ways to a server that a process needs: workers have one of their own. */
export interface TemporalConnections {
  readonly native: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  close(): Promise<void>;
}

/** The server of the config, else that of the environment, else none: then one is to be started. */
export function targetOf({ temporal }: BatchConfig, env = process.env): TemporalTarget | undefined {
  if (temporal !== undefined) return temporal;
  return env['TEMPORAL_ADDRESS'] ? {} : undefined;
}

/**
 * Connects to the target.
 *
 * @param forLimits Whether the client carries a limiter's traffic, which has a retry of its own: the SDK's waits seconds
 *   when a limiter continues as new at that moment
 */
export async function connectTemporal(target: TemporalTarget, forLimits: boolean): Promise<TemporalConnections> {
  const { connectionOptions, namespace: configured } = loadClientConnectConfig();
  const options = { ...connectionOptions, ...(target.address !== undefined && { address: target.address }) };
  const namespace = target.namespace ?? configured ?? 'default';
  const [native, connection] = await Promise.all([
    NativeConnection.connect(options),
    Connection.connect({ ...options, ...(forLimits && { interceptors: [] }) }),
  ]);
  return {
    native,
    client: new Client({ connection, namespace }),
    namespace,
    async close() {
      await connection.close();
      await native.close();
    },
  };
}
