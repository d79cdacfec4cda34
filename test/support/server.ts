import { randomUUID } from 'node:crypto';
import { registerNamespace } from '../../scripts/real-server/register-namespace';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/client/dev-server/dev-server';
import { findTemporal, type TemporalSource } from '../../src/client/dev-server/find-temporal';

/**
 * A server that a test file has to itself: a dev server or, on the server at `TEMPORAL_ADDRESS`, a namespace. Limiters,
 * their hosts and what is listed are then its own, whichever files run beside it.
 */
export async function startServer(options: DevServerOptions = {}): Promise<DevServer> {
  const shared = process.env['TEMPORAL_ADDRESS'];
  if (!shared || options.source !== undefined) return startDevServer({ namespace: 'default', ...options });
  const namespace = `test-${randomUUID()}`;
  await registerNamespace(shared, namespace);
  return startDevServer({ ...options, namespace });
}

/** For a server that a test stops, or compares with another: also where `TEMPORAL_ADDRESS` names one. */
export function devServerSource(): Promise<TemporalSource> {
  return findTemporal({ ...process.env, TEMPORAL_ADDRESS: '' });
}
