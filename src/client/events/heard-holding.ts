import type { CapacitySource, Holding, WaitOptions } from '../../acquire/ports';
import { SERVED_ELSEWHERE } from '../../acquire/pool/acquire-in-turn';
import type { LimitDefinition } from '../../limiter/definition/definition';
import { AcquireTimeoutError, QueueFullError } from '../../limiter/errors/waiting-errors';
import type { Observation } from '../../limiter/feedback/observation';
import type { Request } from '../../limiter/request/request';
import type { Vector } from '../../limiter/vector/vector';
import { nextNumber, publish, type Held, type WaitOutcome } from './limit-events';

/** The holding that reports its outcome; for no holding, that it was refused. */
export function heard(set: string, holding: Holding | undefined): Holding | undefined {
  if (holding !== undefined) return new HeardHolding(set, holding);
  publish({ type: 'refused', set });
  return undefined;
}

/** Waits its turn at a source, and says so. */
export async function heardWait(
  set: string,
  source: CapacitySource,
  request: Request,
  options: WaitOptions,
): Promise<Holding> {
  const since = source.clock.now();
  const waiting = { set, number: nextNumber() };
  let outcome: WaitOutcome = 'acquired';
  let error: unknown;
  publish({ type: 'queued', waiting });
  try {
    return await source.take(request, options);
  } catch (reason) {
    error = reason;
    outcome = outcomeOf(reason, options);
    throw reason;
  } finally {
    publish({ type: 'dequeued', waiting, outcome, waitedMs: Math.max(0, source.clock.now() - since), error });
  }
}

function outcomeOf(reason: unknown, { signal }: WaitOptions): WaitOutcome {
  if (reason === SERVED_ELSEWHERE) return 'elsewhere';
  if (reason instanceof AcquireTimeoutError) return 'timeout';
  if (reason instanceof QueueFullError) return 'queue_full';
  return signal?.aborted === true && reason === signal.reason ? 'cancelled' : 'failed';
}

class HeardHolding implements Holding, Held {
  readonly number = nextNumber();
  #used: Vector;

  constructor(
    readonly set: string,
    readonly holding: Holding,
  ) {
    this.#used = holding.request.amounts;
    publish({ type: 'acquired', held: this });
  }

  get unlimited(): boolean {
    return this.fencingToken === 0;
  }

  get amounts(): Vector {
    return this.request.amounts;
  }

  get fencingToken(): number {
    return this.holding.fencingToken;
  }

  get request(): Request {
    return this.holding.request;
  }

  get definitions(): readonly LimitDefinition[] {
    return this.holding.definitions;
  }

  get signal(): AbortSignal {
    return this.holding.signal;
  }

  settle(index: number, used: number): void {
    this.#used = this.#used.with(index, used);
    this.holding.settle(index, used);
  }

  observe(answer: unknown, isAnswer?: boolean): Observation | undefined {
    const observation = this.holding.observe(answer, isAnswer);
    const { outcome = 'unknown', cause } = observation ?? {};
    publish({ type: 'answered', set: this.set, outcome, cause });
    return observation;
  }

  release(): Promise<void> | undefined {
    publish({ type: 'released', held: this, used: this.#used });
    return this.holding.release();
  }
}
