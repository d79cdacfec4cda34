import type { LimitDefinition } from '../limiter/definition';
import type { Request } from '../limiter/request';
import type { Backend, BackendStats, Holding, WaitOptions } from './backend';
import { OUT_OF_REACH, type Reach } from './reach';

/** What an acquisition that goes ahead unlimited holds: nothing that it could give back or lose. */
const UNLIMITED: Holding = {
  fencingToken: 0,
  // one that nobody can abort, without listeners that pile up
  get signal() {
    return new AbortController().signal;
  },
  settle: () => undefined,
  release: () => undefined,
};

/**
 * Limits, as long as there is somebody to ask: while Temporal is out of reach every acquisition goes ahead, also those
 * that waited when it was lost, and nothing of them is counted. With the first answer all is limited again.
 */
export class OpenBackend implements Backend {
  constructor(
    readonly limited: Backend,
    readonly reach: Reach,
  ) {}

  get definitions(): readonly LimitDefinition[] {
    return this.limited.definitions;
  }

  async tryTake(request: Request, priority: number): Promise<Holding | undefined> {
    if (this.reach.isLost) return UNLIMITED;
    const { outage } = this.reach;
    const holding = await this.limited.tryTake(request, priority);
    return holding === undefined && outage.aborted ? UNLIMITED : holding;
  }

  async take(request: Request, options: WaitOptions): Promise<Holding> {
    const { outage } = this.reach;
    const signal = options.signal === undefined ? outage : AbortSignal.any([options.signal, outage]);
    try {
      return await this.limited.take(request, { ...options, signal });
    } catch (error) {
      if (error === OUT_OF_REACH) return UNLIMITED;
      throw error;
    }
  }

  expectedWaitMs(request: Request): number {
    return this.reach.isLost ? 0 : this.limited.expectedWaitMs(request);
  }

  stats(): Promise<BackendStats> {
    return this.limited.stats();
  }

  yield(): Promise<void> {
    return this.limited.yield();
  }

  close(): Promise<void> {
    return this.limited.close();
  }
}
