import { ClientAccount } from '../../src/limiter/allocator/account/client-account';
import type { Invariant } from './invariant';

/** What clients may use, each as far as it can know; above a capacity that was lowered it may only fall. */
export const permitCaps: Invariant = {
  name: 'permit caps',
  promise: 'the permits that clients may have in use, whatever message was lost, are never more than there are',
  watch({ fail }) {
    const before = new Map<string, number>();
    return {
      woke(state) {
        const { definition, clients } = state();
        const accounts = clients.map((client) => new ClientAccount(client));
        definition.limits.forEach(({ key, kind, capacity: first, adaptive }, i) => {
          const capacity = adaptive?.max ?? first;
          if (kind !== 'resource') return;
          const most = accounts.reduce((sum, account) => sum + account.maxPossibleInUse(i), 0);
          const allowed = Math.max(capacity, before.get(key) ?? 0);
          if (most > allowed) fail(`${key}: ${most} permits out, ${capacity} in all`);
          before.set(key, Math.min(most, allowed));
        });
      },
    };
  },
};
