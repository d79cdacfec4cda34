import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../simulator/world/random';
import { LEASE_MS } from '../cluster/limits';
import { underLoad } from '../under-load';

/** A worker is killed with calls under way. Its permits come back with its lease; nobody reports its death. */
export const killWorker = underLoad('kill -9 of a worker', `lease ${LEASE_MS / 1_000} s`, async (cluster, random) => {
  const victim = pick(random, cluster.workers);
  await victim.kill();
  await sleep(2 * LEASE_MS);
  await victim.start();
});
