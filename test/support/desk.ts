import { Allocator } from '../../src/limiter/allocator/allocator';
import type { LimitDefinition, SetDefinition } from '../../src/limiter/definition/definition';
import type { DemandRow, Push, Sync } from '../../src/limiter/protocol/wire';
import { defined } from '../../simulator/scenario/definitions';
import { reload } from './reload';

/** The limiter's clock when a test begins. */
export const START = 1_700_000_000_000;

/** What a client says, where a test cares. */
export type Said = Partial<Omit<Sync, 'demand'>> & { readonly demand?: readonly (readonly number[])[] };

/** An allocator to talk to by hand: clients speak in few words, time is moved by the test. */
export class Desk {
  allocator: Allocator;
  now = START;
  /** When the allocator wants to be called again. */
  again = Infinity;
  /** The newest push to each client. */
  readonly heard = new Map<string, Push>();
  readonly #seq = new Map<string, number>();

  constructor(
    readonly limits: readonly LimitDefinition[],
    definition: SetDefinition = defined(limits),
  ) {
    this.allocator = new Allocator(definition, START);
  }

  /** A client tells its state; it has heard whatever was pushed to it. Demand is given as amounts, one each. */
  says(client: string, { demand = [], ...said }: Said = {}): Sync {
    const before = this.heard.get(client);
    const seq = (this.#seq.get(client) ?? 0) + 1;
    this.#seq.set(client, seq);
    const zeros = this.limits.map(() => 0);
    const sync: Sync = {
      wire: 1,
      client,
      seq,
      queue: `queue of ${client}`,
      fence: before?.fence ?? 0,
      version: 1,
      seen: before?.seq ?? 0,
      seenGrants: before === undefined ? 0 : before.firstGrant - 1 + before.grants.length,
      used: [],
      starting: zeros,
      returned: zeros,
      refunded: zeros,
      refunds: [],
      excess: zeros,
      inUse: zeros,
      keep: before?.levels ?? zeros,
      holdingMs: 0,
      demand: demand.map((amounts): DemandRow => [1, 0, this.now, ...amounts]),
      ahead: zeros,
      reply: false,
      ...said,
    };
    this.allocator.receive(sync, this.now);
    return sync;
  }

  /** Lets the allocator do what it can, and delivers. */
  turn(afterMs = 0): Push[] {
    this.now += afterMs;
    this.again = this.allocator.advance(this.now);
    const pushes = this.allocator.publish(this.now).map(({ push }) => reload(push));
    for (const push of pushes) this.heard.set(push.client, push);
    return pushes;
  }

  /** The next run of the limiter takes over. */
  handOn(): void {
    this.allocator = Allocator.restore(reload(this.allocator.snapshot()), this.now);
  }

  /** Units or permits available of one limit. */
  available(key: string): number {
    return this.allocator.stats(this.now).limits[key]!.available;
  }

  /** The levels of every client, by limit, added up. */
  levels(index: number): number {
    return [...this.heard.values()].reduce((sum, { levels }) => sum + (levels[index] ?? 0), 0);
  }
}

/** Units of one limit that a push has granted and the client had not confirmed. */
export function granted(push: Push | undefined, index = 0): number {
  return push?.grants.reduce((sum, [, , ...amounts]) => sum + (amounts[index] ?? 0), 0) ?? 0;
}
