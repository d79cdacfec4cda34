import { at } from '../../src/limiter/vector/vector';
import { EPSILON, type Invariant } from '../../simulator/invariants/invariant';

/** Believing what a client says of itself, a limiter cannot keep it from starting more; it never lets more start itself. */
export const notBeyondCapacity: Invariant = {
  name: 'not beyond capacity',
  promise:
    'no more units are granted and not accounted for than the capacity, no more permits are given out, and no more comes back than was granted',
  watch: ({ fail }) => ({
    woke(read) {
      const { clients, definition, ledger } = read();
      for (const [i, { key, kind, ...limit }] of definition.limits.entries()) {
        const capacity = limit.adaptive?.max ?? limit.capacity;
        const most = capacity * (1 + EPSILON);
        const open = clients.reduce((sum, { units }) => sum + at(units.granted, i) - at(units.resolved, i), 0);
        const out = clients.reduce((sum, { permits }) => sum + at(permits.cap, i), 0);
        for (const { id, units } of clients) {
          const [refunded, granted] = [at(units.refunded, i), at(units.granted, i)];
          if (refunded > granted * (1 + EPSILON)) fail(`${key}: ${id} has given back ${refunded} units of ${granted}`);
        }
        const held = ledger[i]?.held ?? 0;
        if (open > most) fail(`${key}: ${open} granted and not accounted for, of ${capacity}`);
        if (out > most) fail(`${key}: ${out} permits given out, of ${capacity}`);
        if (!(held >= 0 && held <= most) && kind !== 'resource') fail(`${key}: ${held} held, of ${capacity}`);
      }
    },
  }),
};
