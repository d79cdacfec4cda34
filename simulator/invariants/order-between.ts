import type { Acquisition } from '../fleet/acquisition';
import type { Invariant } from './invariant';

/**
 * Requests that come closer together than this take turns between processes: the documented grain, and the time for a
 * demand to reach the limiter. Unit: milliseconds.
 */
const GRAIN_MS = 250 + 4 * 120;

/**
 * Permits go by fair shares between processes, and faults delay what they delay: only without both can order be seen.
 * What is granted ahead of its time may start after what was granted later, but soon.
 */
export const orderBetween: Invariant = {
  name: 'order between processes',
  promise:
    'where units are all that is limited, nobody waits on for long once another process is served that came clearly later and asked for all of the same limits',
  watch({ fail, definition: { limits, timing }, scenario: { faults }, world }) {
    if (faults.length > 0 || limits.some(({ kind }) => kind === 'resource')) return {};
    const slackMs = GRAIN_MS + 10 * timing.horizonMs + 1_000;
    const overtakenAt = new Map<Acquisition, number>();
    const leave = (acquisition: Acquisition): void => void overtakenAt.delete(acquisition);
    return {
      requested(acquisition) {
        overtakenAt.set(acquisition, Infinity);
      },
      refused: leave,
      acquired(acquisition) {
        leave(acquisition);
        // what takes nothing takes nothing from those who wait
        if (!acquisition.takesUnits) return;
        const now = world.now();
        for (const [other, at] of overtakenAt) {
          // those that came first stand first
          if (other.requestedInWorldAt >= acquisition.requestedInWorldAt - slackMs) return;
          if (other.priority < acquisition.priority || acquisition.acquiredAt === acquisition.requestedAt) continue;
          if (!asksForAll(acquisition, other)) continue;
          if (at === Infinity) overtakenAt.set(other, now);
          else if (now - at > slackMs)
            fail(
              `${other.owner} waits since ${other.requestedInWorldAt}, and for ${Math.round(now - at)} ms others have passed it, now ${acquisition.owner}, who came at ${acquisition.requestedInWorldAt}`,
            );
        }
      },
    };
  },
};

/** Whether one asks for every limit that another asks for. */
function asksForAll(one: Acquisition, other: Acquisition): boolean {
  const keys = new Set(one.signature.split(','));
  return other.signature.split(',').every((key) => keys.has(key));
}
