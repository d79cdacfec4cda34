import type { Invariant } from '../../simulator/invariants/invariant';

const TOTALS = ['used', 'returned', 'refunded', 'excess', 'resolved'] as const;
const NUMBERS = ['seq', 'seenPush', 'seenGrants', 'firstGrant', 'pushSeq'] as const;

/** What is known once is known: who receives less later received it before, or was lied to. */
export const countersGrow: Invariant = {
  name: 'counters grow',
  promise: 'no number of a message and no total in the books on a client ever falls',
  watch({ fail }) {
    type Books = Readonly<Record<string, unknown>>;
    let before = new Map<string, Books>();
    return {
      woke(read) {
        const { clients, definition } = read();
        const now = new Map<string, Books>();
        for (const client of clients) {
          const { channel, units, fence } = client;
          const books: Books = { ...channel, ...units, fence, definition: definition.version };
          now.set(client.id, books);
          const former = before.get(client.id);
          if (former === undefined || isAnother(former, books)) continue;
          for (const key of [...TOTALS, ...NUMBERS]) {
            const [least, value] = [former[key], books[key]].flatMap((list) => [[list].flat() as number[]]);
            if (value?.some((total, i) => total < (least?.[i] ?? 0)))
              fail(`${client.id}: ${key} fell from ${String(least)} to ${String(value)}`);
          }
        }
        before = now;
      },
    };

    /** One that has come back, or was laid out anew, begins at nothing. */
    function isAnother(before: Books, now: Books): boolean {
      const hasComeBack = Number(now['pushSeq']) <= Number(before['pushSeq']) && now['fence'] !== before['fence'];
      return hasComeBack || now['definition'] !== before['definition'];
    }
  },
};
