import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { FaultName } from '../scenario/scenario';
import { EPOCH } from '../world/virtual-clock';
import type { Invariant } from './invariant';

/** What goes wrong at the provider alone, and keeps no message from anybody. */
const AT_THE_PROVIDER: ReadonlySet<FaultName> = new Set(['throttle', 'drift', 'ban']);
/** So long others wait for what becomes of the one that tries first. Unit: milliseconds. */
const LONGEST_PROBE_MS = 60_000;
/** What a limiter takes to look when its time has come. Unit: milliseconds. */
const LOOK_MS = 5_000;

/** A suspension is a pause: a request tries when it is over. */
export const pausesEnd: Invariant = {
  name: 'pauses end',
  promise:
    'once a suspension may end, and while somebody waits, one request tries, and the others wait for what becomes of it for a minute at most',
  watch({ fail, world, scenario: { faults } }) {
    if (!faults.every((fault) => AT_THE_PROVIDER.has(fault))) return {};
    const now = (): number => EPOCH + world.now();
    /** From when on a request may try; `Infinity` while none waits that could. */
    let opensAt = Infinity;
    const look = (): void => {
      if (now() > opensAt + LOOK_MS) fail(`nobody has tried for ${now() - opensAt} ms`);
    };
    return {
      synced: look,
      requested: look,
      woke(read) {
        const state = read();
        const { until = -Infinity } = state.provider?.state.suspension?.probe ?? {};
        if (until > now() + LONGEST_PROBE_MS) fail(`the others wait ${until - now()} ms more for one that tries`);
        opensAt = opening(state);
        if (now() > opensAt + 1) fail(`somebody waits, and nobody was let try ${now() - opensAt} ms ago`);
      },
    };
  },
};

function opening({ provider, clients }: AllocatorSnapshot): number {
  const suspension = provider?.state.suspension;
  if (suspension === undefined || clients.every(({ demand }) => demand.waiting.length === 0)) return Infinity;
  return Math.max(suspension.until, suspension.probe?.until ?? -Infinity);
}
