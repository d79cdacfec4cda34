import { once } from 'node:events';
import { Client, type ClientOptions, Connection } from '@temporalio/client';
import { environmentConfig } from '../../client/link/environment';
import { loadDataConverterModule } from '../config/data-converter-module';
import { reasonOf } from '../errors/exit-code';
import { UsageError } from '../errors/errors';

/** Temporal is back: what is served says so soon. Unit: milliseconds. */
const MAX_RECONNECT_MS = 2_000;

/** Which Temporal server; what is left out comes from the environment. */
export interface LazyTarget {
  readonly address?: string;
  readonly namespace?: string;
  /** A module with the data converter of the limiters. */
  readonly dataConverter?: string;
}

/**
 * A client that connects when it is first used, for what is served for long: a server that is away is no reason not to begin.
 *
 * @throws {UsageError} if the data converter is none
 */
export async function withLazyClient(
  target: LazyTarget,
  serve: (client: Client, address: string) => Promise<void>,
): Promise<void> {
  const { connectionOptions, namespace: configured = 'default' } = environmentConfig();
  const { address = connectionOptions.address ?? 'localhost:7233', namespace = configured } = target;
  const converter = await converterOf(target);
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

async function converterOf({ dataConverter: module }: LazyTarget): Promise<Pick<ClientOptions, 'dataConverter'>> {
  if (module === undefined) return {};
  const dataConverter = await loadDataConverterModule(module, '').catch((error: unknown) => {
    throw new UsageError(`--data-converter must be ${reasonOf(error)}`);
  });
  return { dataConverter };
}

/** Resolves when somebody ends this process: with Ctrl-C, or as a container is stopped. */
export async function interrupted(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
