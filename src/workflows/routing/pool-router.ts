import { type Candidate, leastWait } from '../../limiter/pool/balancers';
import { choose, placesAfter, type PoolPolicy, type PoolState } from '../../limiter/pool/pool';

/** How long a call would wait for the limits of a set, unit milliseconds; undefined where it could never be granted. */
export type LimitsWait = (place: number) => number | undefined;

/** Calls that only go by turns: their limits are kept where they run, and not known here. */
export const UNKNOWN_WAIT: LimitsWait = () => 0;

/** More calls than are ever under way, so that their number decides only between equal waits. */
const MANY = 1_000_000;

/** Says to which set of a pool a call goes, and to which next if no worker takes it there. */
export class PoolRouter {
  readonly #breaker = new QueueBreaker();
  /** Calls under way from here, by set. */
  readonly #inFlight: number[];

  constructor(
    private readonly size: number,
    private readonly policy: PoolPolicy,
    private readonly state: PoolState,
    private readonly random: () => number,
    private readonly now: () => number,
  ) {
    this.#inFlight = Array.from({ length: size }, () => 0);
  }

  /** Whether a call that no worker takes at one set may go to another. */
  get failsOver(): boolean {
    return this.policy.failover && this.size > 1;
  }

  /** The set for a new call, which takes a turn of the pool's rotation. */
  first(limitsWait: LimitsWait): number {
    return choose(this.policy, this.state, this.#candidates(limitsWait), this.random);
  }

  /**
   * Where a call goes that no worker took at `place`: of the sets not tried, the one where it waits least, then the one
   * with the fewest calls under way.
   */
  after(place: number, tried: ReadonlySet<number>, limitsWait: LimitsWait): number | undefined {
    if (!this.failsOver || tried.size >= this.size) return undefined;
    // a whole region's calls may come by here at once: the first set with room is not to get them all
    const untried = this.#candidates(limitsWait).map(({ wouldWaitMs }, at) => ({
      wouldWaitMs: tried.has(at) || wouldWaitMs === undefined ? undefined : wouldWaitMs + this.#load(at) / MANY,
    }));
    const next = leastWait.choose(place + 1, untried, this.random);
    return untried[next]?.wouldWaitMs === undefined ? undefined : next;
  }

  /** Where else a call may acquire that goes to `place`, in the order of preference. */
  alternatives(place: number, tried: ReadonlySet<number>): number[] {
    if (!this.failsOver) return [];
    return [...placesAfter(place, this.size)].filter((other) => {
      return !tried.has(other) && !this.#breaker.has(other, this.now());
    });
  }

  /** A call goes to a set. */
  begin(place: number): void {
    this.#breaker.trying(place, this.now());
    this.#inFlight[place] = this.#load(place) + 1;
  }

  /** It has ended. `taken` is whether a worker took it, undefined if it did not come so far. */
  end(place: number, taken: boolean | undefined): void {
    this.#inFlight[place] = this.#load(place) - 1;
    if (taken === true) this.#breaker.met(place);
    if (taken === false) this.#breaker.missed(place, this.now());
  }

  #load(place: number): number {
    return this.#inFlight[place] ?? 0;
  }

  #candidates(limitsWait: LimitsWait): readonly Candidate[] {
    return this.#inFlight.map((inFlight, place) => {
      const waitMs = limitsWait(place);
      if (waitMs !== undefined && this.#breaker.has(place, this.now())) return { wouldWaitMs: Infinity };
      // the best that is known here about where a call would wait least
      const isByLoad = limitsWait === UNKNOWN_WAIT && this.policy.loadBalancing === 'LeastWait';
      return { wouldWaitMs: isByLoad ? inFlight : waitMs };
    });
  }
}

/** How long a task queue without workers is passed over before one call looks again. */
const AWAY_MS = 30_000;

/**
 * The places where no worker took a task in time. They are passed over for a while, so that not every call waits there
 * in vain; then one call at a time finds out whether a worker is back.
 */
class QueueBreaker {
  readonly #until = new Map<number, number>();

  /** Whether to pass the place over. */
  has(place: number, now: number): boolean {
    return now < (this.#until.get(place) ?? -Infinity);
  }

  /** A task goes there. Others should wait for how it ends, if the place was absent. */
  trying(place: number, now: number): void {
    if (this.#until.has(place)) this.missed(place, now);
  }

  /** No worker took the task. */
  missed(place: number, now: number): void {
    this.#until.set(place, now + AWAY_MS);
  }

  /** A worker took it. */
  met(place: number): void {
    this.#until.delete(place);
  }
}
