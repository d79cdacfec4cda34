import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Runs an example with the server of `TEMPORAL_ADDRESS`, or with a development server of its own, and a quiet SDK. What
 * an example leaves to it is what a program of yours gets from its environment.
 */
export async function withTemporal<T>(example: () => Promise<T>): Promise<T> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  // also where it was empty: to envconfig that is a name, of a namespace that is not there
  const namespace = loadClientConnectConfig().namespace || 'default';
  process.env['TEMPORAL_NAMESPACE'] = namespace;
  if (process.env['TEMPORAL_ADDRESS']) return example();
  const path = process.env['TEMPORAL_CLI'];
  const server = await TestWorkflowEnvironment.createLocal({
    server: { namespace, ...(path && { executable: { type: 'existing-path', path } }) },
  });
  process.env['TEMPORAL_ADDRESS'] = server.address;
  try {
    return await example();
  } finally {
    await server.teardown();
  }
}
