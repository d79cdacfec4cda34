import type { Passage } from '../fleet/passage';
import type { Invariant } from './invariant';

/**
 * Requests that come closer together than this take turns between processes: the documented grain, and the time for a
 * demand to reach the limiter and for the horizon that was granted before to run out. Unit: milliseconds.
 */
const GRAIN_MS = 250 + 4 * 120;

/** Permits go by fair shares between processes, and faults delay what they delay: only without both can this be seen. */
export const orderBetween: Invariant = {
  name: 'order between processes',
  promise:
    'where units are all that is limited, nobody waits on while another process is served that came clearly later',
  watch({ fail, definition: { limits, timing }, scenario: { faults }, world }) {
    if (faults.length > 0 || limits.some(({ kind }) => kind === 'resource')) return {};
    const slackMs = GRAIN_MS + 10 * timing.horizonMs + 1_000;
    const waiting = new Set<Passage>();
    return {
      asked(passage) {
        waiting.add(passage);
      },
      passed(passage) {
        waiting.delete(passage);
        for (const other of waiting) {
          // those that came first stand first
          if (other.askedInWorldAt >= passage.askedInWorldAt - slackMs) return;
          if (other.priority < passage.priority || passage.passedAt === passage.askedAt) continue;
          fail(
            `${passage.owner} passed, having waited since ${passage.askedInWorldAt}, while ${other.owner} waits since ${other.askedInWorldAt} until after ${world.now()}`,
          );
        }
      },
      refused(passage) {
        waiting.delete(passage);
      },
    };
  },
};
