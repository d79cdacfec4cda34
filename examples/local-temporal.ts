import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startDevServer } from '../src/client/dev-server/dev-server';
import { environmentConfig } from '../src/client/link/environment';

/**
 * Runs an example with the server of `TEMPORAL_ADDRESS`, or with a development server of its own, and a quiet SDK. What
 * an example leaves to it is what a program of yours gets from its environment.
 */
export async function withTemporal<T>(example: () => Promise<T>): Promise<T> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { namespace = 'default' } = environmentConfig();
  const server = await startDevServer({ namespace });
  process.env['TEMPORAL_ADDRESS'] = server.address;
  // also where it was empty: to envconfig that is a name, of a namespace that is not there
  process.env['TEMPORAL_NAMESPACE'] = server.namespace;
  try {
    return await example();
  } finally {
    await server.stop();
  }
}
