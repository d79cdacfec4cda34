import type { Invariant } from './invariant';

/** What a provider answers moves a capacity within the range of its definition. */
export const adaptiveRange: Invariant = {
  name: 'adaptive range',
  promise: 'nothing that is observed takes a capacity out of the range of its definition, or moves one that has none',
  watch: ({ fail }) => ({
    woke(state) {
      const { provider, definition } = state();
      if (definition.version !== 1) return;
      for (const [key, { capacity }] of Object.entries(provider?.adaptive ?? {})) {
        const { min, max } = definition.limits.find((limit) => limit.key === key)?.adaptive ?? {};
        if (min === undefined || max === undefined) fail(`${key} is not adaptive, and has ${capacity}`);
        else if (capacity < min || capacity > max) fail(`${key}: ${capacity}, which is not from ${min} to ${max}`);
      }
    },
  }),
};
