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
 * The front of the requests for the same limits: of the highest priority that waits, the request that has waited
 * longest, and those that came no more than a grain later. Each request comes to the front, unless one of a higher
 * priority comes; so if the front moves in bounded time, no request waits for ever. First what runs in the front's own
 * processes ends: its permits count as their share. Then what runs elsewhere by then ends. Then windows pass, where
 * units are limited.
 */
class Front {
  readonly #waiting = new Set<Acquisition>();
  #leader: Acquisition | undefined;
  #steps: Step[] = [];

  /** @param newSteps What has to come to pass before one of the front is served. */
  constructor(readonly newSteps: () => Step[]) {}

  join(acquisition: Acquisition): void {
    this.#waiting.add(acquisition);
    if (this.#leader === undefined || acquisition.priority > this.#leader.priority) this.#restart();
  }

  /** One that asks for some of these limits waits no longer. Of one that came before it, the leader had to wait for the end. */
  left(acquisition: Acquisition): void {
    this.#waiting.delete(acquisition);
    const leader = this.#leader;
    if (leader === undefined || acquisition.priority < leader.priority) return;
    if (acquisition.requestedInWorldAt <= leader.requestedInWorldAt + GRAIN_MS) this.#restart();
  }

  /** The one who has waited longest, if it should have been served by now. */
  overdue(): Acquisition | undefined {
    while (this.#leader !== undefined && this.#steps[0]?.() === true) this.#steps.shift();
    return this.#steps.length === 0 ? this.#leader : undefined;
  }

  #restart(): void {
    this.#leader = undefined;
    for (const acquisition of this.#waiting)
      if (this.#leader === undefined || acquisition.priority > this.#leader.priority) this.#leader = acquisition;
    this.#steps = this.newSteps();
  }
}

export const boundedWaiting: Invariant = {
  name: 'bounded waiting',
  promise:
    'without faults and on a quick server, of those who ask for the same limits, one who has waited longest is served once all has ended that ran when nobody before them asked for any of these limits, what ran in its place has ended, too, and two windows have passed; among processes, one that asks for no permits waits for two windows only',
  watch(scene) {
    if (scene.scenario.faults.length > 0 || scene.scenario.transactionMs > 0) return {};
    const { world, fail } = scene;
    const roundMs = pacingOf(scene.definition, 0).reachMs + ROUND_TRIP_MS;
    const fronts = new Map<string, Front>();
    /** What runs, and since when. */
    const running = new Map<Acquisition, number>();
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
    const units = (): Step => passes(() => unitsMs(scene, longestHoldMs));
    const resources = scene.definition.limits.flatMap(({ kind, key }) => (kind === 'resource' ? [key] : []));
    const newSteps = (signature: string): Step[] => {
      // units are free once they recover, but for those of a workflow run, which count until its acquisition ends
      const mayBeHeld = scene.scenario.runsPerMinute > 0 || resources.some((key) => overlap(key, signature));
      return mayBeHeld ? [aRound(), runningEnds(), aRound(), runningEnds(), aRound(), units()] : [aRound(), units()];
    };
    const frontOf = (signature: string): Front => {
      const front = fronts.get(signature) ?? new Front(() => newSteps(signature));
      fronts.set(signature, front);
      return front;
    };
    const leave = (acquisition: Acquisition): void => {
      for (const [signature, front] of fronts) if (overlap(signature, acquisition.signature)) front.left(acquisition);
    };
    return {
      requested: (acquisition) => frontOf(acquisition.signature).join(acquisition),
      acquired(acquisition) {
        running.set(acquisition, world.now());
        leave(acquisition);
      },
      refused: leave,
      woke() {
        for (const [acquisition, since] of running) {
          if (acquisition.end === undefined) continue;
          longestHoldMs = Math.max(longestHoldMs, world.now() - since);
          running.delete(acquisition);
        }
        for (const front of fronts.values()) {
          const late = front.overdue();
          if (late !== undefined)
            fail(
              `${late.owner} waits since ${late.requestedInWorldAt} for ${late.signature}; all that ran when nobody had waited longer has ended long since`,
            );
        }
      },
    };
  },
};

function overlap(one: string, other: string): boolean {
  const keys = new Set(one.split(','));
  return other.split(',').some((key) => keys.has(key));
}

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
