import { CancellationScope, condition } from '@temporalio/workflow';
import type { LimiterLink } from '../acquire/limiter-link';
import type { SyncFlow, SyncSource } from '../acquire/sync-flow';

/**
 * Sends a workflow run's syncs: what has happened in one workflow task goes as one signal at its end, and the next only
 * when that one has arrived, because signals may overtake each other.
 */
export class RunFlow implements SyncFlow {
  #composed = 0;
  #delivered = 0;
  #stopped = false;

  constructor(
    readonly source: SyncSource,
    readonly link: LimiterLink,
  ) {
    // no scope of the workflow may end it: what is held is given back also when all is cancelled
    void CancellationScope.nonCancellable(() => this.#run());
  }

  wake(): void {
    // whether there is something to say is looked at by the end of each workflow task
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when what there is to say by now has arrived: a signal of a run that ends before that is lost. */
  async told(): Promise<void> {
    const next = this.#composed + 1;
    const isTold = (): boolean => this.#delivered >= next || (this.#delivered === this.#composed && !this.#isDue);
    await CancellationScope.nonCancellable(() => condition(isTold));
  }

  get #isDue(): boolean {
    return !this.#stopped && this.source.dueAt(Date.now()) < Infinity;
  }

  async #run(): Promise<void> {
    for (;;) {
      await condition(() => this.#stopped || this.#isDue);
      if (this.#stopped) return;
      const sync = this.source.compose();
      this.#composed += 1;
      await this.link.send(sync);
      this.#delivered += 1;
      this.source.delivered(sync);
    }
  }
}
