import { type DevServer, type DevServerOptions, startDevServer } from '../../src/client/dev-server/dev-server';
import { obtainTemporal } from './obtain-temporal';

/** Starts a Temporal dev server for the repository's own programs, and gets the Temporal CLI first where there is none. */
export async function startOwnDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  return startDevServer({ ...options, source: options.source ?? (await obtainTemporal()) });
}
