import { UNCHANGED } from '../../src/limiter/control/control';
import type { Acquisition } from '../fleet/acquisition';
import { DEFAULT_MAX_PAUSE_MS } from '../../src/limiter/feedback/provider-state';
import { LONGEST_HOLD_MS } from '../scenario/scenario';
import type { Invariant, Scene } from './invariant';

/** What the end of an acquisition takes to be known. Unit: milliseconds. */
const MARGIN_MS = 5_000;
/** As long as the longest fault lasts. Unit: milliseconds. */
const LONGEST_FAULT_MS = 180_000;
/** A pause that a provider asks for lasts so long at most, and one may follow the other. Unit: milliseconds. */
const LONGEST_PAUSES_MS = 2 * DEFAULT_MAX_PAUSE_MS;

/** No request is forgotten. */
export const progress: Invariant = {
  name: 'progress',
  promise:
    'while somebody waits and no operator has changed anything, somebody is served within a few windows and leases; in the end everybody is served, or timed out',
  watch(scene) {
    const waiting = new Map<string, Set<Acquisition>>();
    const boundMs = boundOf(scene);
    let count = 0;
    let movedAt = 0;
    const moved = (): void => void (movedAt = scene.world.now());
    const leave = (acquisition: Acquisition): void => {
      moved();
      if (waiting.get(acquisition.owner)?.delete(acquisition) === true) count -= 1;
    };
    const look = (): void => {
      const idleMs = scene.world.now() - movedAt;
      if (count > 0 && idleMs > boundMs)
        scene.fail(`${count} wait, and for ${Math.round(idleMs)} ms nobody was served`);
    };
    return {
      requested(acquisition) {
        if (count === 0) moved();
        else look();
        count += 1;
        const own = waiting.get(acquisition.owner) ?? new Set();
        waiting.set(acquisition.owner, own.add(acquisition));
      },
      acquired: leave,
      refused: leave,
      ended(owner) {
        count -= waiting.get(owner)?.size ?? 0;
        waiting.delete(owner);
      },
      woke(read) {
        const { pause, capacity } = read().control ?? UNCHANGED;
        // whoever waits waits for an operator, perhaps
        if (pause !== undefined || Object.keys(capacity).length > 0) moved();
        look();
      },
      drained() {
        if (count > 0) scene.fail(`${count} wait for ever`);
      },
    };
  },
};

function boundOf({ definition: { limits, timing }, scenario: { faults } }: Scene): number {
  const windows = limits.map((limit) => (limit.kind === 'resource' ? 0 : limit.windowMs));
  const pausesMs = faults.includes('throttle') ? LONGEST_PAUSES_MS : 0;
  const faultsMs = faults.length * LONGEST_FAULT_MS + pausesMs;
  return 4 * Math.max(20_000, ...windows) + 3 * timing.leaseMs + LONGEST_HOLD_MS + MARGIN_MS + faultsMs;
}
