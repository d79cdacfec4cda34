import { LeaseClient } from '../../src/acquire/lease-client';
import type { SyncFlow, SyncSource } from '../../src/acquire/sync-flow';
import { runAddress, type RunAddress } from '../../src/limiter/address';
import type { SetDefinition } from '../../src/limiter/definition';
import { RunLease } from '../../src/limiter/run-lease';
import type { Push } from '../../src/limiter/wire';
import type { Fleet } from './fleet';
import type { Job } from './fleet-process';

/** Sends what there is to say at the end of each turn of the run, one message after the other. */
class TurnFlow implements SyncFlow {
  #isSending = false;
  #stopped = false;

  constructor(
    readonly source: SyncSource,
    readonly run: FleetRun,
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

/** A workflow run in the fleet: a real client with a run's lease, on the server's clock. Its signals arrive, if late. */
export class FleetRun {
  readonly address: RunAddress;
  readonly client: LeaseClient;
  isOpen = true;
  /** Whether no worker runs it: signals wait. */
  isAway = false;
  /** Acquisitions that have not ended. */
  open = 0;
  served = 0;
  readonly #inUse = new Map<string, number>();
  readonly #mailbox: Push[] = [];
  #flow: TurnFlow | undefined;

  constructor(
    readonly fleet: Fleet,
    readonly index: number,
    definition: SetDefinition,
  ) {
    this.address = {
      workflowId: `run ${String(index)}`,
      runId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    };
    let leases = 0;
    this.client = new LeaseClient({
      name: 'fleet',
      definition,
      clock: {
        now: () => fleet.now,
        after: (delayMs, action) => fleet.world.after(delayMs, () => this.isOpen && action()),
      },
      newId: () => `r${String(index)}-${String(leases++)}`,
      newLease: (running, identity, inUse) => new RunLease(running, identity, inUse),
      newFlow: (source) => (this.#flow = new TurnFlow(source, this)),
      newController: () => new AbortController(),
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

  /** Ends at once, as by a termination: its activities are dropped, nobody is told. */
  close(): void {
    this.isOpen = false;
    for (const [key, amount] of this.#inUse) this.fleet.usePermits(key, -amount);
    this.#inUse.clear();
  }

  /** One acquisition, from the request to the release; the provider sees it somewhere in between. */
  async acquire({ requested, holdMs, used = {}, priority = 0, timeoutMs }: Job): Promise<void> {
    const { fleet, client } = this;
    const { limits } = client.lease.definition;
    const amounts = limits.map(({ key, kind }) => requested[key] ?? (kind === 'rate' ? 0 : 1));
    const covers = amounts.map((amount) => amount > 0);
    this.open += 1;
    try {
      await client.gate.pass({ amounts, covers }, { priority, timeoutMs, signal: undefined });
    } catch {
      this.open -= 1;
      return;
    }
    const { lease } = client;
    limits.forEach(({ key, kind }, i) => kind === 'resource' && this.#use(key, amounts[i]!));
    const startsAfterMs = holdMs * fleet.random();
    await fleet.world.sleep(startsAfterMs);
    if (this.#isClosed()) return;
    fleet.started += 1;
    const arrivedAt = limits.map(({ key, kind }, i) => (kind === 'resource' ? NaN : fleet.arrive(key, amounts[i]!)));
    await fleet.world.sleep(holdMs - startsAfterMs);
    if (this.#isClosed()) return;
    limits.forEach((limit, i) => {
      const taken = amounts[i]!;
      if (limit.kind === 'resource') this.#use(limit.key, -taken);
      const needed = Math.min(taken, used[limit.key] ?? taken);
      if (limit.kind === 'resource' || needed === taken) return;
      if (limit.algorithm === 'TokenBucket' || limit.algorithm === 'GCRA') {
        fleet.giveBack(limit.key, taken - needed, arrivedAt[i]!);
      }
      lease.settle(i, taken, needed, fleet.now);
    });
    client.released(lease, amounts, 0);
    this.open -= 1;
    this.served += 1;
  }

  #isClosed(): boolean {
    return !this.isOpen;
  }

  #use(key: string, amount: number): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + amount);
    this.fleet.usePermits(key, amount);
  }
}
