import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { EPSILON, type Invariant } from './invariant';

const TOTALS = [
  'granted',
  'resolved',
  'used',
  'returned',
  'refunded',
  'excess',
  'starting',
  'inUse',
  'permitCap',
  'kept',
] as const;

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
  for (const { id, ...state } of clients) {
    for (const total of TOTALS) {
      if (state[total].some((amount) => !(amount >= -EPSILON))) return `${id}: ${total} is ${String(state[total])}`;
    }
    const [granted, resolved] = [state.granted, state.resolved];
    if (resolved.some((amount, i) => amount > granted[i]! * (1 + 1e-9) + EPSILON))
      return `${id}: ${String(resolved)} settled of ${String(granted)} granted`;
  }
  for (const [i, { held, landing = [] }] of ledger.entries()) {
    const limit = definition.limits[i]!;
    if (limit.kind === 'resource') continue;
    const outstanding = clients.reduce((sum, { granted, resolved }) => sum + granted[i]! - resolved[i]!, 0);
    const starting = landing.reduce((sum, { amount }) => sum + amount, 0);
    if (Math.abs(held - outstanding - starting) > EPSILON * Math.max(1, limit.capacity))
      return `${limit.key}: ${held} held, but ${outstanding} granted and not settled, ${starting} about to count`;
  }
  return undefined;
}
