import type { Invariant } from './invariant';

/** A fleet that begins at once introduces itself, is answered, and has its first grant. Unit: milliseconds. */
const BOUND_MS = 15_000;

/** A limiter that is new gets to its first grant, however long its server takes for each transaction. */
export const firstGrant: Invariant = {
  name: 'first grant',
  promise: 'without faults, somebody is served within 15 s of the first request, also on a slow server',
  watch({ scenario, world, fail }) {
    if (scenario.faults.length > 0) return {};
    let requestedAt: number | undefined;
    let isServed = false;
    const look = (): void => {
      if (isServed || requestedAt === undefined || world.now() <= requestedAt + BOUND_MS) return;
      fail(`nobody has been served for ${Math.round(world.now() - requestedAt)} ms`);
    };
    return {
      requested() {
        requestedAt ??= world.now();
        look();
      },
      synced: look,
      acquired: () => void (isServed = true),
      refused: () => void (isServed = true),
    };
  },
};
