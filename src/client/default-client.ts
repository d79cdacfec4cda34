import { Client, Connection } from '@temporalio/client';
import { environmentConfig } from './environment';

/** Without it, the connection tries once in two minutes after a long outage, and leases end meanwhile. */
const MAX_RECONNECT_MS = 5_000;

let client: Promise<Client> | undefined;

/**
 * The process's Temporal client, connected when first needed as the environment and `temporal.toml` say. It does not
 * retry by itself: the default retry waits seconds after a limiter continued as new, and the limiter's traffic has its
 * own.
 */
export function defaultClient(): Promise<Client> {
  client ??= connect().catch((error: unknown) => {
    client = undefined;
    throw error;
  });
  return client;
}

async function connect(): Promise<Client> {
  const { connectionOptions, namespace } = environmentConfig();
  const connection = await Connection.connect({
    ...connectionOptions,
    interceptors: [],
    channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS },
  });
  return new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
}
