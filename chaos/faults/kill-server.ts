import { setTimeout as sleep } from 'node:timers/promises';
import { underLoad } from '../under-load';

const AWAY_MS = 2_000;

/** The server is killed, and after a while started again on its file. */
export const killServer = underLoad(
  'kill -9 of the server',
  `${AWAY_MS / 1_000} s away, a start, 5 s to connect`,
  async ({ server }) => {
    await server.kill();
    await sleep(AWAY_MS);
    await server.startAgain();
  },
);
