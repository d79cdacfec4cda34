import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { EPSILON, type Invariant } from './invariant';

const TOTALS = ['granted', 'resolved', 'used', 'returned', 'refunded', 'excess', 'starting'] as const;
const PERMITS = ['inUse', 'cap', 'kept'] as const;

/** Nothing is lost in the books, and nothing counted twice. */
export const conservation: Invariant = {
  name: 'conservation',
  promise:
    'what the ledger holds is what is granted and not settled, and what is about to count as started; no total is negative, none of a client is settled beyond what it was granted',
  watch: ({ fail }) => ({
    woke(state) {
      const fault = faultOf(state());
      if (fault !== undefined) fail(fault);
    },
  }),
};

function faultOf({ definition, ledger, clients }: AllocatorSnapshot): string | undefined {
  for (const { id, units, permits } of clients) {
    const totals = [
      ...TOTALS.map((key) => [key, units[key]] as const),
      ...PERMITS.map((key) => [key, permits[key]] as const),
    ];
    const negative = totals.find(([, amounts]) => amounts.some((amount) => !(amount >= -EPSILON)));
    if (negative !== undefined) return `${id}: ${negative[0]} is ${String(negative[1])}`;
    const { granted, resolved } = units;
    if (resolved.some((amount, i) => amount > granted[i]! * (1 + 1e-9) + EPSILON))
      return `${id}: ${String(resolved)} settled of ${String(granted)} granted`;
  }
  for (const [i, { held, landing = [] }] of ledger.entries()) {
    const limit = definition.limits[i]!;
    if (limit.kind === 'resource') continue;
    const outstanding = clients.reduce((sum, { units }) => sum + units.granted[i]! - units.resolved[i]!, 0);
    const starting = landing.reduce((sum, { amount }) => sum + amount, 0);
    if (Math.abs(held - outstanding - starting) > EPSILON * Math.max(1, limit.capacity))
      return `${limit.key}: ${held} held, but ${outstanding} granted and not settled, ${starting} about to count`;
  }
  return undefined;
}
