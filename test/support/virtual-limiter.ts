import { AsyncLocalStorage } from 'node:async_hooks';
import { BaseLimitSet } from '../../src/acquire/set/base-limit-set';
import type { LeaseClientOptions } from '../../src/acquire/client/client-lease';
import type { LeaseClient } from '../../src/acquire/client/lease-client';
import { LeaseSupply } from '../../src/acquire/client/lease-supply';
import { Nesting } from '../../src/acquire/set/nesting';
import { checkSet, type SetOptions } from '../../src/acquire/set/set-settings';
import { processClient } from '../../src/client/backends/process-client';
import { Allocator } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Limit } from '../../src/limiter/definition/limits';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import { reload } from './reload';
import { FakeClock } from './fake-clock';

const WAY_MS = 5;

/** A limiter and the processes that use it, on one clock that a test moves: what Temporal carries takes 5 ms here. */
export class VirtualLimiter {
  allocator: Allocator;
  readonly definition: SetDefinition;
  /** What the limiter was told, in order. */
  readonly told: Sync[] = [];
  /** Whether what it is told reaches nobody. */
  isAway = false;
  readonly #hear = new Map<string, (push: Push) => Sync | undefined>();
  #processes = 0;
  #rest: () => void = () => undefined;

  constructor(
    readonly limits: readonly Limit[],
    readonly clock = new FakeClock(1_700_000_000_000),
    readonly name = 'set',
  ) {
    this.definition = checkSet({ limits }).definition;
    this.allocator = new Allocator(this.definition, clock.now());
  }

  /** A set in a process of its own, with what it talks to the limiter by. */
  process(
    options: Omit<SetOptions, 'limits'> = {},
    watch: Pick<LeaseClientOptions, 'newAnswerWatch'> = {},
  ): { readonly set: BaseLimitSet; readonly client: LeaseClient } {
    const { name, clock } = this;
    const settings = { ...checkSet({ ...options, limits: this.limits }), name };
    const place = this.#processes;
    this.#processes += 1;
    let leases = 0;
    const client = processClient({
      ...watch,
      name,
      definition: settings.definition,
      clock,
      newId: () => `${name} ${place}.${(leases += 1)}`,
      onLease: (id, hear) => this.#hear.set(id, hear),
      link: { queue: 'a queue', send: async (sync) => this.#receive(sync), ask: async () => undefined },
      random: () => 0.5,
    });
    const supply = new LeaseSupply(client, clock, { answerMs: 5_000 });
    return { set: new ProcessSet(settings, supply), client };
  }

  /** Defines the limits anew, while everything runs. */
  redefine(limits: readonly Limit[], version: number): void {
    this.allocator.redefine(checkSet({ limits, version }).definition, this.clock.now());
    this.#turn();
  }

  /** Another run of the limiter continues from a snapshot. */
  continueAsNew(): void {
    this.allocator = Allocator.restore(reload(this.allocator.snapshot()), this.clock.now());
    this.#turn();
  }

  /** Of one limit, by the limiter. */
  available(key: string): number | undefined {
    return this.allocator.stats(this.clock.now()).limits[key]?.available;
  }

  #receive(sync: Sync): void {
    this.told.push(sync);
    if (this.isAway) return;
    this.allocator.receive(reload(sync), this.clock.now());
    this.clock.after(WAY_MS, () => this.#turn());
  }

  #turn(): void {
    this.#rest();
    const now = this.clock.now();
    const again = this.allocator.advance(now);
    for (const { push } of this.allocator.publish(now)) {
      const answer = this.#hear.get(push.client)?.(reload(push));
      if (answer !== undefined) this.#receive(answer);
    }
    if (again < Infinity) this.#rest = this.clock.after(Math.max(0, again - now), () => this.#turn());
  }
}

class ProcessSet extends BaseLimitSet {
  constructor(
    settings: ReturnType<typeof checkSet>,
    protected readonly supply: LeaseSupply,
  ) {
    super(settings, new Nesting(() => new AsyncLocalStorage()));
  }

  protected warn(): void {
    // nobody listens
  }
}
