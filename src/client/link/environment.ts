import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { Client, Connection, type WorkflowService } from '@temporalio/client';

/**
 * Where Temporal is, as the environment and `temporal.toml` say. A variable that is set but empty counts as unset, as
 * where a container's settings pass on one without a value: with an empty namespace, every request would wait forever.
 */
export function environmentConfig(): ClientConnectConfig {
  const entries = Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(entries) });
}

/** Without it, the connection tries once in two minutes after a long outage, and leases end meanwhile. */
const MAX_RECONNECT_MS = 5_000;

let client: Promise<Client> | undefined;

/**
 * The process's Temporal client, as the environment and `temporal.toml` say. It connects with its first call, which fails at
 * once where no server listens: a connection that is awaited says nothing for ten seconds. It does not retry by itself: the
 * default retry waits seconds after a limiter continued as new, and the limiter's traffic has its own.
 */
export function defaultClient(): Promise<Client> {
  client ??= connect().catch((error: unknown) => {
    client = undefined;
    throw error;
  });
  return client;
}

/** Access to the client that was given; without one, to the process's own. */
export function clientOr(given: Client | undefined): () => Promise<Client> {
  return given === undefined ? defaultClient : () => Promise.resolve(given);
}

async function connect(): Promise<Client> {
  const { connectionOptions, namespace } = environmentConfig();
  const connection = Connection.lazy({
    ...connectionOptions,
    interceptors: [],
    channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS },
  });
  return new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
}

/** Where a client connects: the server's address, if the connection tells, and the namespace. */
export function placeOf(client: Client | undefined): {
  readonly address: string | undefined;
  readonly namespace: string;
} {
  const { address } = (client?.connection as Partial<Connection> | undefined)?.options ?? {};
  return { address, namespace: client?.options.namespace ?? '' };
}

/** What tells a namespace from every other; its name may stand for another one at another server. Empty if unknown. */
export async function namespaceId(service: WorkflowService, namespace: string): Promise<string> {
  const { namespaceInfo } = await service.describeNamespace({ namespace });
  return namespaceInfo?.id ?? '';
}
