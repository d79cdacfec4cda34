import { obtainTemporal } from '../../scripts/support/obtain-temporal';

/**
 * Finds, downloads or builds the Temporal CLI once, before the first end-to-end test. The tests find it afterwards, also
 * those that start a server of their own beside the one at TEMPORAL_ADDRESS. Jest skips this when no end-to-end test is run.
 */
export default async function globalSetup(): Promise<void> {
  await obtainTemporal({ environment: { ...process.env, TEMPORAL_ADDRESS: '' } });
}
