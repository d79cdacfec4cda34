import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { startOwnDevServer } from './dev-server';

/** What recorded histories name as their maker: the default would be this machine. */
export const RECORDER = 'recorder';

/** A server to record on, and the ways to it. */
export interface Studio {
  readonly address: string;
  readonly namespace: string;
  readonly native: NativeConnection;
  /** Retries by itself what comes while a run ends. */
  readonly client: Client;
}

/** A script's whole: starts a server, has something recorded there, and ends the server again. */
export function record(make: (studio: Studio) => Promise<void>): void {
  onServer(make).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function onServer(make: (studio: Studio) => Promise<void>): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startOwnDevServer({ namespace: 'default' });
  const { address, namespace } = server;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  try {
    await make({ address, namespace, native, client: new Client({ connection, identity: RECORDER }) });
  } finally {
    await native.close();
    await connection.close();
    await server.stop();
  }
}
