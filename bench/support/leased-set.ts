import type { Clock } from '../../src/acquire/ports';
import { BaseLimitSet } from '../../src/acquire/set/base-limit-set';
import { LeaseSupply } from '../../src/acquire/client/lease-supply';
import { Nesting } from '../../src/acquire/set/nesting';
import { checkSet, type SetSettings } from '../../src/acquire/set/set-settings';
import { processClient } from '../../src/client/backends/process-client';
import { Allocator } from '../../src/limiter/allocator/allocator';
import { type Limit } from '../../src/limiter/definition/limits';
import { type Push, type Sync } from '../../src/limiter/protocol/wire';

const nesting = new Nesting(() => ({ run: (_holder, body) => body(), getStore: () => undefined }));

/**
 * A limit set as in Temporal mode, whose limiter is in the process: every part of it is the real one but for the
 * messages, which arrive one turn later. What it costs to be served from a lease, without what a server costs.
 */
export class LeasedSet extends BaseLimitSet {
  readonly supply: LeaseSupply;
  /** Messages to the limiter so far. */
  syncs = 0;
  /** Messages from it. */
  pushes = 0;
  readonly #clock: Clock;
  readonly #allocator: Allocator;
  #hear: ((push: Push) => Sync | undefined) | undefined;

  constructor(limits: readonly Limit[], clock: Clock) {
    const settings: SetSettings = checkSet({ name: 'leased', limits });
    super(settings, nesting);
    const { definition } = settings;
    this.#clock = clock;
    this.#allocator = new Allocator(definition, clock.now());
    const send = async (sync: Sync): Promise<void> => this.#send(structuredClone(sync));
    const client = processClient({
      ...{ name: 'leased', definition, clock, newId: () => 'client', random: () => 0.5 },
      onLease: (_id, hear) => (this.#hear = hear),
      link: { queue: 'queue', send, ask: () => Promise.resolve(undefined) },
    });
    this.supply = new LeaseSupply(client, clock);
  }

  protected warn(): void {
    // nobody listens
  }

  #send(sync: Sync): void {
    this.syncs += 1;
    const now = this.#clock.now();
    this.#allocator.receive(sync, now);
    // when it would next have something to do does not matter: nobody waits for what is not there
    this.#allocator.advance(now);
    for (const { push } of this.#allocator.publish(now)) {
      this.pushes += 1;
      this.#clock.turn(() => {
        const reply = this.#hear?.(structuredClone(push));
        if (reply !== undefined) this.#send(structuredClone(reply));
      });
    }
  }
}
