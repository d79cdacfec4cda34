import type { Invariant } from './invariant';

/** Weighing a state is dear: only every so many wakes. */
const EVERY = 16;
/** Most that a limiter may carry with it, by what it is for. Unit: bytes of JSON. */
const BYTES = { limiter: 8_000, limit: 50_000, client: 2_500, entry: 160 } as const;
const MAX_GRANTS = 200;
const MAX_MINUTES = 60;
const MAX_DEMAND = 256;

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
        const { clients, definition, ledger, history = [], ...rest } = read();
        if (history.length > MAX_MINUTES) fail(`${history.length} minutes of history`);
        for (const { id, units, permits, demand } of clients) {
          if (units.grants.length > MAX_GRANTS) fail(`${id}: ${units.grants.length} grants listed`);
          if (permits.unseen.length > 8) fail(`${id}: ${permits.unseen.length} pushes unconfirmed`);
          if (demand.waiting.length > MAX_DEMAND) fail(`${id}: ${demand.waiting.length} entries of demand`);
        }
        const entries = clients.reduce(
          (sum, { demand, units }) => sum + demand.waiting.length + 2 * units.grants.length,
          0,
        );
        const most =
          BYTES.limiter + BYTES.limit * ledger.length + BYTES.client * clients.length + BYTES.entry * entries;
        const bytes = JSON.stringify({ clients, definition, ledger, ...rest }).length;
        if (bytes > most) fail(`a snapshot of ${bytes} bytes for ${clients.length} clients, ${ledger.length} limits`);
      },
    };
  },
};
