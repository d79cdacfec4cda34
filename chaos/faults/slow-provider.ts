import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS } from '../cluster/limits';
import { underLoad } from '../under-load';

/** Longer than a lease and than the heartbeat timeout of a call. */
const SLOW_MS = 1.25 * LEASE_MS;

/** Each answer of the provider takes longer than a lease: a holder has to keep saying so. */
export const slowProvider = underLoad('slow provider', `an answer takes ${SLOW_MS / 1_000} s`, async ({ provider }) => {
  await provider.takeMs(SLOW_MS);
  await sleep(3 * SLOW_MS);
  await provider.takeMs();
});
