import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startDevServer } from '../src/client/dev-server';

/**
 * Runs an example with the server of `TEMPORAL_ADDRESS`, or with a development server of its own, and a quiet SDK. What
 * an example leaves to it is what a program of yours gets from its environment.
 */
export async function withTemporal<T>(example: () => Promise<T>): Promise<T> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startDevServer();
  process.env['TEMPORAL_ADDRESS'] = server.address;
  try {
    return await example();
  } finally {
    await server.stop();
  }
}
