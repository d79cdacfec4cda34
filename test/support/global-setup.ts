import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { obtainTemporal } from '../../scripts/support/obtain-temporal';

/**
 * Finds, downloads or builds the Temporal CLI once, before the first end-to-end test. The tests find it afterwards, also
 * those that start a server of their own beside the one at TEMPORAL_ADDRESS. Builds the pages of the dashboard, which
 * commands serve. Jest skips this when no end-to-end test is run.
 */
export default async function globalSetup(): Promise<void> {
  await obtainTemporal({ environment: { ...process.env, TEMPORAL_ADDRESS: '' } });
  execFileSync('npm', ['run', '--silent', 'build:dashboard'], { cwd: resolve(__dirname, '../..') });
}
