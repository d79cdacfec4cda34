import type { Invariant } from './invariant';

/** Of the shortest window. */
const WIDEST_SHARE = 0.1;

/** What a guard costs is bounded. */
export const guards: Invariant = {
  name: 'guards',
  promise: 'no refusal widens a guard to more than a tenth of the shortest window, or than is defined',
  watch: ({ fail }) => ({
    woke(state) {
      const { provider, definition } = state();
      if (provider?.guard === undefined) return;
      const windows = definition.limits.flatMap((limit) => (limit.kind === 'resource' ? [] : [limit.windowMs]));
      const most = Math.max(definition.timing.guardMs, WIDEST_SHARE * Math.min(...windows));
      const { guardMs } = provider.guard;
      // a newer definition takes its own measure
      if (definition.version === 1 && guardMs > most) fail(`a guard of ${guardMs} ms, at most ${most} are allowed`);
    },
  }),
};
