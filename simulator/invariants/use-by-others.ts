import { ROUNDING } from '../provider/providers';
import { EPSILON, type Invariant } from './invariant';

/** What is charged because others used it, they have used. */
export const useByOthers: Invariant = {
  name: 'use by others',
  promise: 'no more is charged for what others use of the account than they have used, and each unit once',
  watch({ fail, definition }) {
    const used = new Map<string, number>();
    let version = definition.version;
    return {
      usedByOthers: (key, amount) => void used.set(key, (used.get(key) ?? 0) + amount),
      // what is left under one definition says little of another, in whose place it comes
      redefined: (newer) => void (version = newer.version),
      woke(state) {
        const { provider, definition: running } = state();
        if (provider?.limits === undefined || version !== definition.version) return;
        for (const { key, capacity } of running.limits) {
          const charged = provider.limits[key]?.usedByOthers ?? 0;
          const most = used.get(key) ?? 0;
          if (charged > most + ROUNDING + EPSILON * (1 + capacity))
            fail(`${key}: ${charged} charged in all, and others have used ${most}`);
        }
      },
    };
  },
};
