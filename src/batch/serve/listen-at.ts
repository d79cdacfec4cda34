import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { UsageError } from '../errors/errors';
import { bracketed } from './host-names';

/** Where a server listens. */
export interface ListenOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/**
 * Has a server listen, and resolves with its origin, such as `http://127.0.0.1:9465`.
 *
 * @param what the server is, for the error
 * @throws {UsageError} if it cannot listen there
 */
export async function listenAt(
  server: Pick<Server, 'listen' | 'address'> & NodeJS.EventEmitter,
  what: string,
  { host, port }: ListenOptions,
): Promise<string> {
  // Node would listen at every address of the machine
  if (host === '')
    throw new UsageError(`${what} cannot listen at an empty host: pass --host with an address, or leave it out`);
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new UsageError(`${what} cannot listen at ${host}:${port}${HINTS[(error as { code: string }).code] ?? ''}`);
  });
  return `http://${bracketed(host)}:${(server.address() as AddressInfo).port}`;
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: ': something else does; pass --port with another one, or 0 for any that is free',
  EACCES: ': pass --port with one over 1023',
  EADDRNOTAVAIL: ': pass --host with an address of this machine',
};
