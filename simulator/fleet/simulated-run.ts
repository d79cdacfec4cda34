import { LeaseClient } from '../../src/acquire/client/lease-client';
import type { Holding, SyncFlow, SyncSource, Timer } from '../../src/acquire/ports';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import { RunLease } from '../../src/limiter/lease/run-lease';
import { runAddress, type RunAddress } from '../../src/limiter/protocol/address';
import type { Push } from '../../src/limiter/protocol/wire';
import type { Job } from '../scenario/job';
import type { Acquisition } from './acquisition';
import { Member } from './member';
import type { Surroundings } from './surroundings';

/** A workflow run in the fleet: a real client with a run's lease, on the server's clock. Its signals arrive, if late. */
export class SimulatedRun extends Member {
  readonly address: RunAddress;
  readonly client: LeaseClient;
  readonly clock: Timer;
  isOpen = true;
  /** Whether no worker runs it: signals wait. */
  isAway = false;
  /** Acquisitions that have not ended. */
  open = 0;
  served = 0;
  readonly #mailbox: Push[] = [];
  #flow: TurnFlow | undefined;

  constructor(
    fleet: Surroundings,
    readonly index: number,
    definition: SetDefinition,
  ) {
    super(fleet, `r${index}`);
    this.address = {
      workflowId: `run ${index}`,
      runId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    };
    this.clock = {
      now: () => fleet.now,
      after: (delayMs, action) =>
        fleet.world.after(delayMs, () => {
          if (this.isOpen) action();
        }),
    };
    fleet.server.started(this);
    let leases = 0;
    this.client = new LeaseClient({
      name: 'fleet',
      definition,
      clock: this.clock,
      newId: () => `${this.owner}-${leases++}`,
      newLease: (running, identity, inUse) => new RunLease(running, identity, inUse),
      newFlow: (source) => (this.#flow = new TurnFlow(source, this)),
      newController: () => new AbortController(),
      present: () => ({ now: 0, parseDate: Date.parse }),
      link: { queue: runAddress(this.address), send: () => Promise.reject(new Error('not used')) },
    });
  }

  /** A signal of the limiter has arrived. */
  hear(push: Push): void {
    if (this.isAway) this.#mailbox.push(push);
    else if (this.isOpen) {
      this.client.take(push);
      this.#flow?.wake();
    }
  }

  /** A worker runs it again. */
  comeBack(): void {
    this.isAway = false;
    for (const push of this.#mailbox.splice(0)) this.hear(push);
  }

  /** Ends at once, as by a termination: its activities are dropped, and the limiter learns nothing. */
  close(): void {
    this.isOpen = false;
    this.countPermits(false);
    for (const watch of this.fleet.watches) watch.ended?.(this.owner);
  }

  override async acquire(job: Job): Promise<Acquisition> {
    this.open += 1;
    const acquisition = await super.acquire(job);
    if (acquisition.end === 'refused') this.open -= 1;
    return acquisition;
  }

  /** The provider sees it somewhere between the grant and the release. */
  protected async hold(holding: Holding, { holdMs, used = {} }: Job, acquisition: Acquisition): Promise<void> {
    const { world, random } = this.fleet;
    this.usePermits(holding, 1);
    const startsAfterMs = holdMs * random();
    await world.sleep(startsAfterMs);
    if (!this.isOpen) return;
    const arrivedAt = this.start(holding, used);
    await world.sleep(holdMs - startsAfterMs);
    await this.fleet.providers.answered(arrivedAt);
    if (!this.#isStillOpen()) return;
    this.usePermits(holding, -1);
    this.settle(holding, used, arrivedAt);
    void holding.release();
    this.open -= 1;
    this.served += 1;
    acquisition.end = 'served';
  }

  #isStillOpen(): boolean {
    return this.isOpen;
  }
}

/** Sends what is due at the end of each turn of a workflow run, one message after the other. */
class TurnFlow implements SyncFlow {
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
    const { source, run } = this;
    if (this.#isSending || this.#stopped || !run.isOpen || source.dueAt(run.fleet.now) === Infinity) return;
    this.#isSending = true;
    const sync = source.compose();
    await run.fleet.server.signal(sync);
    this.#isSending = false;
    source.delivered(sync);
    this.wake();
  }
}
