import type { Acquisition } from '../../src/acquire/set/acquisition';
import { LimitPool } from '../../src/client/sets/limit-pool';
import { LimitSet } from '../../src/client/sets/limit-set';
import type { LoadBalancing } from '../../src/limiter/pool/balancers';
import type { LimitJSON } from '../../src/limiter/definition/limits';
import { FakeClock } from '../support/fake-clock';
import { outcomeOfError } from './error-codes';
import type { AmountMap, Outcome, Step, Trace, TraceLimit } from './trace';

function toLimit(limit: TraceLimit): LimitJSON {
  if (limit.kind === 'resource') return limit;
  const { windowTicks, ...rest } = limit;
  return { ...rest, windowSeconds: windowTicks / 1000 };
}

/** Runs the steps of a trace against the public classes, one tick being one millisecond of a clock driven by hand. */
export class Replayer {
  readonly #clock = new FakeClock();
  readonly #target: LimitSet | LimitPool;
  readonly #handles = new Map<string, Acquisition>();

  /** Throws what the set or the pool throws. */
  constructor(trace: Trace) {
    const newSet = (limits: TraceLimit[]) => new LimitSet({ limits: limits.map(toLimit), clock: this.#clock });
    if (trace.pool === undefined) {
      this.#target = newSet(trace.limits ?? []);
      return;
    }
    const { loadBalancing, workerIndex, sets } = trace.pool;
    const name = loadBalancing === 'round_robin' ? 'RoundRobin' : (loadBalancing as LoadBalancing);
    // the recorded system knows no failover: the set whose turn it is refuses
    this.#target = new LimitPool({ limitSets: sets.map(newSet), loadBalancing: name, workerIndex, failover: false });
  }

  /** Runs one step and tells what it came to, in the words of the traces. */
  async run(step: Step): Promise<Outcome> {
    this.#clock.set(step.t);
    if (step.op === 'stats') return this.#stats();
    if (step.op === 'tryAcquire' || step.op === 'acquire') return this.#acquire(step);
    const handle = this.#handles.get(step.h ?? '');
    if (handle === undefined) return { skipped: true };
    try {
      if (step.op === 'update') handle.update({ usage: step.used ?? {} });
      else await handle.release();
      return { ok: true };
    } catch (error) {
      return outcomeOfError(error, step.op);
    }
  }

  /** What the acquisition of a handle covers, and whether it was granted. */
  handle(h: string): { amounts: AmountMap; granted: boolean } | undefined {
    const handle = this.#handles.get(h);
    return handle && { amounts: amountsOf(handle), granted: handle.successful };
  }

  async #acquire(step: Step): Promise<Outcome> {
    const requested = step.request ?? undefined;
    const turn = this.#target instanceof LimitPool ? (await this.#target.getStats()).balancerStats.next : undefined;
    const pending =
      step.op === 'tryAcquire'
        ? this.#target.tryAcquire({ requested })
        : this.#target.acquire({ requested, timeout: step.timeoutTicks ?? undefined });
    const extra: Outcome = turn === undefined ? {} : { set: turn };
    try {
      const handle = await this.#untilSettled(pending);
      this.#handles.set(step.h ?? '', handle);
      if (turn !== undefined) extra.set = handle.index;
      if (step.op === 'acquire') extra.at = this.#clock.now();
      return { ok: handle.successful, amounts: amountsOf(handle), ...extra };
    } catch (error) {
      if (step.op === 'acquire') extra.at = this.#clock.now();
      return { ...outcomeOfError(error, step.op), ...extra };
    }
  }

  /** Moves the clock from timer to timer until the acquisition is granted or fails. */
  async #untilSettled<T>(pending: Promise<T>): Promise<T> {
    let isSettled = false;
    const mark = () => {
      isSettled = true;
    };
    pending.then(mark, mark);
    await this.#clock.advance(0);
    // a mark set by a callback is beyond what the compiler follows
    while (!(isSettled as boolean)) await this.#clock.runNext();
    return pending;
  }

  async #stats(): Promise<Outcome> {
    if (this.#target instanceof LimitSet) return { limits: (await this.#target.getStats()).limits };
    const { limitSets, balancerStats } = await this.#target.getStats();
    return { sets: limitSets.map(({ limits }) => limits), dispatched: balancerStats.dispatched };
  }
}

/** Each limit that an acquisition covers is there with a number. */
function amountsOf({ requested }: Acquisition): AmountMap {
  return { ...requested } as AmountMap;
}
