import { revisable } from '../../src/limiter/algorithms/algorithms';
import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { Ledger } from '../../src/limiter/ledger/ledger';
import { EPOCH } from '../world/virtual-clock';
import { EPSILON, type Invariant } from './invariant';

/** In the end. */
export const fullRecovery: Invariant = {
  name: 'full recovery',
  promise:
    'when nobody wants anything, all of every limit is available again, and nobody is known to hold or wait for anything',
  watch: ({ fail, world }) => ({
    drained(state) {
      const left = state();
      const fault = left && leftover(left, EPOCH + world.now());
      if (fault !== undefined) fail(fault);
    },
  }),
};

function leftover({ definition, ledger, clients }: AllocatorSnapshot, now: number): string | undefined {
  const counted = new Ledger(definition.limits, now, ledger, revisable);
  // less may count by now than is defined
  counted.resize(
    definition.limits.map(({ capacity }) => capacity),
    now,
  );
  for (const [i, { key, kind, capacity }] of definition.limits.entries()) {
    const available = counted.available(i, now);
    if (available < capacity * (1 - EPSILON) - EPSILON) return `${key}: ${available} of ${capacity} available`;
    if (kind !== 'resource' && available > capacity * (1 + EPSILON))
      return `${key}: ${available} of ${capacity} available`;
  }
  const holder = clients.find(
    ({ permits, demand }) => demand.waiting.length > 0 || [...permits.kept, ...permits.cap].some((n) => n > 0),
  );
  if (holder !== undefined) return `${holder.id} still holds or wants something: ${JSON.stringify(holder)}`;
  const run = clients.find((client) => client.run !== undefined);
  return run && `${run.id}, a workflow run, is still known`;
}
