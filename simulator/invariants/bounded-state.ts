import type { Invariant } from './invariant';

/** Weighing a state is dear: only every so many wakes. */
const EVERY = 16;
/** Most that a limiter may carry with it, by what it is for. Unit: bytes of JSON. */
const BYTES = { limiter: 2_000, limit: 50_000, client: 2_500, run: 40 } as const;
const MAX_GRANTS = 200;
const MAX_RUNS = 256;

/** A limiter lives for months. */
export const boundedState: Invariant = {
  name: 'bounded state',
  promise: 'what a limiter remembers is bounded by its limits and clients, whatever happened before',
  watch({ fail }) {
    let wakes = 0;
    return {
      woke(read) {
        wakes += 1;
        if (wakes % EVERY !== 0) return;
        const { clients, definition, ledger, ...rest } = read();
        for (const { id, grants, unseen, demand } of clients) {
          if (grants.length > MAX_GRANTS) fail(`${id}: ${grants.length} grants listed`);
          if (unseen.length > 8) fail(`${id}: ${unseen.length} pushes unconfirmed`);
          if (demand.length > MAX_RUNS) fail(`${id}: ${demand.length} runs of demand`);
        }
        const runs = clients.reduce((sum, { demand, grants }) => sum + demand.length + 2 * grants.length, 0);
        const most = BYTES.limiter + BYTES.limit * ledger.length + BYTES.client * clients.length + 4 * BYTES.run * runs;
        const bytes = JSON.stringify({ clients, definition, ledger, ...rest }).length;
        if (bytes > most) fail(`a snapshot of ${bytes} bytes for ${clients.length} clients, ${ledger.length} limits`);
      },
    };
  },
};
