import { pacingOf } from '../../src/limiter/protocol/pacing';
import type { Acquisition } from '../fleet/acquisition';
import type { Invariant, Scene } from './invariant';

/** Who came first is known to the limiter no better than this: messages under way, clocks, the documented grain. Unit: milliseconds. */
const GRAIN_MS = 1_000;
/** A message each way, slow ones, besides the pace at which clients and limiter speak. Unit: milliseconds. */
const ROUND_TRIP_MS = 1_000;

/** Whether something has come to pass; looked at again until it has. */
type Step = () => boolean;

/**
 * The front of a fleet: of those who wait with the highest priority, the one who has waited longest, and whoever came no
 * more than a grain later. Whoever waits comes to the front, unless a higher priority comes; so if the front moves in
 * bounded time, nobody waits for ever. First what runs in the front's own processes ends, whose permits count as their
 * share; then what runs elsewhere by then; then windows pass, where units are limited.
 */
export const boundedWaiting: Invariant = {
  name: 'bounded waiting',
  promise:
    'without faults and on a quick server, one of those who have waited longest is served once all that ran when they came to the front has ended, what ran in its place has ended, too, and two windows have passed',
  watch(scene) {
    if (scene.scenario.faults.length > 0 || scene.scenario.transactionMs > 0) return {};
    const { world, fail } = scene;
    const roundMs = pacingOf(scene.definition, 0).reachMs + ROUND_TRIP_MS;
    const waiting = new Set<Acquisition>();
    /** What runs, and since when. */
    const running = new Map<Acquisition, number>();
    let leader: Acquisition | undefined;
    let steps: Step[] = [];
    let longestHoldMs = 0;

    const passes = (ms: () => number): Step => {
      let from: number | undefined;
      return () => world.now() >= (from ??= world.now()) + ms();
    };
    const runningEnds = (): Step => {
      let those: Acquisition[] | undefined;
      return () => (those ??= [...running.keys()]).every(({ end }) => end !== undefined);
    };
    const aRound = (): Step => passes(() => roundMs);
    const restart = (): void => {
      leader = undefined;
      for (const acquisition of waiting)
        if (leader === undefined || acquisition.priority > leader.priority) leader = acquisition;
      const units = passes(() => unitsMs(scene, longestHoldMs));
      steps = [aRound(), runningEnds(), aRound(), runningEnds(), aRound(), units];
    };
    const leave = (acquisition: Acquisition): void => {
      waiting.delete(acquisition);
      if (leader === undefined || acquisition.priority < leader.priority) return;
      if (acquisition.requestedInWorldAt <= leader.requestedInWorldAt + GRAIN_MS) restart();
    };
    const look = (): void => {
      for (const [acquisition, since] of running) {
        if (acquisition.end === undefined) continue;
        longestHoldMs = Math.max(longestHoldMs, world.now() - since);
        running.delete(acquisition);
      }
      while (leader !== undefined && steps[0]?.() === true) steps.shift();
      if (leader === undefined || steps.length > 0) return;
      fail(
        `${leader.owner} waits since ${leader.requestedInWorldAt}; all that ran when nobody had waited longer has ended long since`,
      );
    };
    return {
      requested(acquisition) {
        waiting.add(acquisition);
        if (leader === undefined || acquisition.priority > leader.priority) restart();
      },
      acquired(acquisition) {
        running.set(acquisition, world.now());
        leave(acquisition);
      },
      refused: leave,
      woke: look,
    };
  },
};

/**
 * The longest that units take to come together: what is granted may start until its end, and counts for a window from
 * then. Those are served first whose permits, at the pace at which they changed hands so far, would be free sooner.
 */
function unitsMs({ definition }: Scene, longestHoldMs: number): number {
  const { limits } = definition;
  const windows = limits.flatMap((limit) => (limit.kind === 'resource' ? [] : [limit.windowMs]));
  if (windows.length === 0) return 0;
  const { lifeMs, reachMs, farthestMs } = pacingOf(definition, 0);
  const pacedMs = windows.length < limits.length ? longestHoldMs + 2 * reachMs + farthestMs : 0;
  return 2 * Math.max(...windows) + 2 * lifeMs + pacedMs;
}
