import type { Acquisition } from '../fleet/acquisition';
import type { Invariant } from './invariant';

/** A fleet that begins at once introduces itself, is answered, and has its first grant. Unit: milliseconds. */
const PROMPT_MS = 3_000;
/** The server hears each client once before it has time for the limiter, and once more for good measure. */
const TRANSACTIONS_EACH = 2;

/** A limiter that is new gets to its first grant, however long its server takes for each transaction. */
export const firstGrant: Invariant = {
  name: 'first grant',
  promise:
    'without faults, somebody is served within 3 s of the first request, and on a slow server in what it takes for two transactions of each client besides',
  watch({ scenario, world, fail }) {
    if (scenario.faults.length > 0) return {};
    const boundMs = PROMPT_MS + TRANSACTIONS_EACH * scenario.processes * scenario.transactionMs;
    let requestedAt: number | undefined;
    let isServed = false;
    const look = (): void => {
      if (isServed || requestedAt === undefined || world.now() <= requestedAt + boundMs) return;
      fail(`nobody has been served for ${Math.round(world.now() - requestedAt)} ms`);
    };
    const ended = ({ signature }: Acquisition): void => {
      look();
      isServed ||= signature !== '';
    };
    return {
      requested({ signature }) {
        // what takes nothing needs no limiter
        if (signature !== '') requestedAt ??= world.now();
        look();
      },
      synced: look,
      acquired: ended,
      refused: ended,
    };
  },
};
