import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../simulator/world/random';
import { LEASE_MS } from '../cluster/limits';
import { underLoad } from '../under-load';

const SLOW_MS = 2_000;
const DELAY_MS = 100;
const ALL_CUT_MS = 3_000;

/**
 * Between the workers and the server: first every connection is dropped and what follows is slow; then one worker is cut
 * off for longer than its lease, so that others get what it has and still believes that it has it; then all of them are.
 */
export const partition = underLoad(
  'partition from the server',
  `all cut off for ${ALL_CUT_MS / 1_000} s`,
  async ({ workers }, random) => {
    const links = workers.map(({ link }) => link);
    for (const link of links) {
      link.delay(DELAY_MS);
      link.drop();
    }
    await sleep(SLOW_MS);
    for (const link of links) link.delay(0);
    const lonely = pick(random, links);
    lonely.cut();
    await sleep(1.5 * LEASE_MS);
    lonely.mend();
    await sleep(SLOW_MS);
    for (const link of links) link.cut();
    await sleep(ALL_CUT_MS);
    for (const link of links) link.mend();
  },
);
