import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { environmentConfig } from '../../client/link/environment';

/** Temporal is back: what is served says so soon. Unit: milliseconds. */
const MAX_RECONNECT_MS = 2_000;

/** Which Temporal server; what is left out comes from the environment. */
interface Target {
  readonly address?: string;
  readonly namespace?: string;
  readonly dataConverter?: DataConverter;
}

/** A client that connects when it is first used, for what is served for long: a server that is away is no reason not to begin. */
export async function withLazyClient(
  target: Target,
  serve: (client: Client, address: string) => Promise<void>,
): Promise<void> {
  const { connectionOptions, namespace: configured = 'default' } = environmentConfig();
  const { address = connectionOptions.address ?? 'localhost:7233', namespace = configured, ...converter } = target;
  const connection = Connection.lazy({
    ...connectionOptions,
    address,
    interceptors: [],
    channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS },
  });
  try {
    await serve(new Client({ connection, namespace, ...converter }), address);
  } finally {
    await connection.close();
  }
}

/** Resolves when somebody ends this process: with Ctrl-C, or as a container is stopped. */
export async function interrupted(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
