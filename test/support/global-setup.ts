import { resolveTemporal } from '../../src/client/dev-server/resolve-temporal';

/**
 * Finds, downloads or builds the Temporal server once, before the first end-to-end test. Otherwise the first test would
 * pay for it out of its own timeout, and fail on a fresh machine only. Jest skips this when no end-to-end test is run.
 */
export default async function globalSetup(): Promise<void> {
  await resolveTemporal();
}
