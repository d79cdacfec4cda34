import type { LimitDefinition, SetDefinition } from '../../limiter/definition/definition';
import type { Request } from '../../limiter/request/request';
import type { Timer, Holding, Availability, Suspended, WaitOptions } from '../../acquire/ports';
import type { Backend, BackendStats } from './backend';
import { withEitherSignal } from '../../acquire/gate/either-signal';
import { OUT_OF_REACH, type Reachability } from '../link/reachability';

/** What an acquisition holds that went ahead unlimited: nothing that it could give back or lose. */
class UnlimitedHolding implements Holding {
  readonly fencingToken = 0;

  constructor(
    readonly request: Request,
    readonly definitions: readonly LimitDefinition[],
  ) {}

  /** Never aborts. One for each that asks, so that listeners do not pile up. */
  get signal(): AbortSignal {
    return new AbortController().signal;
  }

  settle(): void {
    // nothing was taken
  }

  observe(): undefined {
    // nothing could be told, and nothing is kept back
  }

  release(): undefined {
    // nothing is held
  }
}

/**
 * Limits, as long as Temporal can be asked: while it is out of reach every acquisition goes ahead, including those that
 * waited when it was lost, and none of them is counted. With the first answer all is limited again.
 */
export class OpenBackend implements Backend {
  constructor(
    readonly limited: Backend,
    readonly reach: Reachability,
  ) {}

  get clock(): Timer {
    return this.limited.clock;
  }

  get definitions(): readonly LimitDefinition[] {
    return this.limited.definitions;
  }

  get isIdle(): boolean {
    return this.limited.isIdle;
  }

  get obstacle(): string | undefined {
    return this.limited.obstacle;
  }

  get lack(): string | undefined {
    return this.limited.lack;
  }

  get suspension(): Suspended | undefined {
    return this.limited.suspension;
  }

  takeNow(request: Request, priority: number): Holding | undefined {
    return this.reach.isLost
      ? new UnlimitedHolding(request, this.definitions)
      : this.limited.takeNow(request, priority);
  }

  async tryTake(request: Request, options: WaitOptions): Promise<Holding | undefined> {
    // meanwhile, the limits may be defined anew, in another order
    const { definitions } = this;
    if (this.reach.isLost) return new UnlimitedHolding(request, definitions);
    const { outage } = this.reach;
    const holding = await this.limited.tryTake(request, options);
    return holding === undefined && outage.aborted ? new UnlimitedHolding(request, definitions) : holding;
  }

  async take(request: Request, options: WaitOptions): Promise<Holding> {
    const { definitions } = this;
    try {
      return await withEitherSignal(options.signal, this.reach.outage, (signal) =>
        this.limited.take(request, { ...options, signal }),
      );
    } catch (error) {
      if (error === OUT_OF_REACH) return new UnlimitedHolding(request, definitions);
      throw error;
    }
  }

  availability(request: Request): Availability {
    return this.reach.isLost ? 'served' : this.limited.availability(request);
  }

  expectedWaitMs(request: Request): number {
    return this.reach.isLost ? 0 : this.limited.expectedWaitMs(request);
  }

  stats(): Promise<BackendStats> {
    return this.limited.stats();
  }

  runningDefinition(): Promise<SetDefinition | undefined> {
    return this.limited.runningDefinition?.() ?? Promise.resolve(undefined);
  }

  yield(): Promise<void> {
    return this.limited.yield();
  }

  close(): Promise<void> {
    return this.limited.close();
  }
}
