import { Client, Connection, type ClientInterceptors } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { shareHost } from '../../src/activities/plugin/hosts';
import { startOwnDevServer } from '../../scripts/support/dev-server';
import { type DevServer, type DevServerOptions } from '../../src/client/dev-server/dev-server';

/** Where a Temporal server is. */
export type Address = Pick<DevServer, 'address' | 'namespace'>;

/** A process's part in sharing limits through a Temporal server. */
export interface Temporal {
  readonly native: NativeConnection;
  /** One more, and its sets are those of a process more: those of one client share what it is granted. */
  newClient(interceptors?: ClientInterceptors): Client;
  /** Ends what this process has there, and the server if this process has started it. */
  stop(): Promise<void>;
}

/** Starts a server of one's own, and runs limiters there. */
export async function startTemporal(options?: DevServerOptions): Promise<Temporal & { readonly server: DevServer }> {
  const server = await startOwnDevServer(options);
  const temporal = await joinTemporal(server, true);
  return {
    ...temporal,
    server,
    async stop() {
      await temporal.stop();
      await server.stop();
    },
  };
}

/** Hears what limiters push, and runs them too if asked. Once in a process: the SDK is to be quiet before anything else. */
export async function joinTemporal({ address, namespace }: Address, hostLimiter = false): Promise<Temporal> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address, interceptors: [] });
  const host = await shareHost({
    ...{ connection: native, namespace, dataConverter: undefined, hostLimiter, limiterBundle: undefined },
  });
  return {
    native,
    newClient: (interceptors = {}) => new Client({ connection, namespace, interceptors }),
    async stop() {
      await host.stop();
      await native.close();
      await connection.close();
    },
  };
}
