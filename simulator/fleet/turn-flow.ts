import type { SyncFlow, SyncSource } from '../../src/acquire/ports';
import type { SimulatedRun } from './simulated-run';

/** Sends what there is to say at the end of each turn of a workflow run, one message after the other. */
export class TurnFlow implements SyncFlow {
  #isSending = false;
  #stopped = false;

  constructor(
    readonly source: SyncSource,
    readonly run: SimulatedRun,
  ) {}

  wake(): void {
    this.run.fleet.world.after(0, () => void this.#send());
  }

  stop(): void {
    this.#stopped = true;
  }

  async #send(): Promise<void> {
    if (this.#isSending || this.#stopped || !this.run.isOpen || this.source.dueAt(this.run.fleet.now) === Infinity)
      return;
    this.#isSending = true;
    const sync = this.source.compose();
    await this.run.fleet.signal(sync);
    this.#isSending = false;
    this.source.delivered(sync);
    this.wake();
  }
}
