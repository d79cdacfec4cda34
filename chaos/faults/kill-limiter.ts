import { underLoad } from '../under-load';

/** The only process that runs limiters is killed, and another is started at once. */
export const killLimiter = underLoad(
  'kill -9 of the limiters',
  'a start, and 5 s if a workflow task was under way, else 1 s',
  async ({ limiter }) => {
    await limiter.kill();
    await limiter.start();
  },
);
