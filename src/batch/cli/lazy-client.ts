import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { dataConverterOf } from '../operate/session';
import { type TargetOptions } from '../operate/target-options';
import { placeOfTarget } from '../temporal/target-place';

/** Temporal is back: what is served says so soon. Unit: milliseconds. */
const MAX_RECONNECT_MS = 2_000;

/**
 * A client that connects when it is first used, for what is served for long: a server that is away is no reason not to begin.
 *
 * @throws {TargetError} if the data converter is none
 */
export async function withLazyClient(
  target: TargetOptions,
  serve: (client: Client, address: string) => Promise<void>,
): Promise<void> {
  const { address, namespace, options } = placeOfTarget(target);
  const dataConverter = await dataConverterOf(target);
  const connection = Connection.lazy({
    ...options,
    interceptors: [],
    channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS },
  });
  try {
    await serve(new Client({ connection, namespace, ...dataConverter }), address);
  } finally {
    await connection.close();
  }
}

/** Resolves when this process is told to end: with Ctrl-C, or because its container is stopped. */
export async function interrupted(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
