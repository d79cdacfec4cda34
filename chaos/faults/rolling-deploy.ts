import { type Cluster } from '../cluster/cluster';
import { allowanceOf, WINDOW_MS } from '../cluster/limits';
import { setTimeout as sleep } from 'node:timers/promises';
import { limiterStats } from '../../test/support/limiter-runs';
import { type Release } from '../workload/release';
import { underLoad } from '../under-load';

/**
 * Process by process, the next release comes with a second version of the limits, which allows more, and goes again with a
 * third, which takes that back. Meanwhile both releases run limiters, and a limiter's tasks go to either.
 */
export const rollingDeploy = underLoad('rolling deploy', '1 s: limiters change hands', async (cluster) => {
  const former = cluster.limiter;
  // before anybody may know of it
  await cluster.provider.allow(allowanceOf(2));
  const newcomer = await cluster.startLimiter('next');
  await roll(cluster, 'next', 2);
  await newcomer.stop();
  await roll(cluster, 'this', 3);
  const { limits } = await limiterStats(cluster.client, 'chaos');
  const { calls } = allowanceOf(3);
  if (limits['call_count']?.capacity !== calls) throw new Error('the limiter has not taken over the last definition');
  // what was started under the second version has left the window by then
  await sleep(WINDOW_MS);
  await cluster.provider.allow(allowanceOf(3));
  if (former.accident !== undefined) throw new Error(former.accident);
});

async function roll(cluster: Cluster, release: Release, version: number): Promise<void> {
  for (const worker of cluster.workers) {
    await worker.stop();
    worker.order = { ...worker.order, release, version, bundle: cluster.bundleOf(release) };
    await worker.start();
  }
}
