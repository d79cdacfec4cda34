import type { FleetWatch } from '../fleet/fleet-watch';
import type { VirtualClock } from '../world/virtual-clock';

/** Lines of a trace that are kept: what comes right before a failure. */
const MAX_LINES = 60;

const short = (value: unknown): string => JSON.stringify(value);

/** Writes down what happens, one line for each event. */
export class Trace {
  readonly #lines: string[] = [];

  constructor(readonly write?: (line: string) => void) {}

  /** The last lines. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  watch(world: VirtualClock, set: number): FleetWatch {
    const line = (text: string): void =>
      this.#add(`${(world.now() / 1e3).toFixed(3).padStart(10)} s  set ${set}  ${text}`);
    return {
      synced: ({ client, seq, used, returned, refunded, inUse, keep, demand, version, ends }) =>
        line(`${client} → sync ${seq} ${short({ used, returned, refunded, inUse, keep, demand, version, ends })}`),
      pushed: ({ client, seq, ack, status, fence, grants, levels }) =>
        line(`${client} ← push ${seq} ${short({ ack, status, fence, grants, levels })}`),
      requested: ({ owner, order, priority, deadline }) =>
        line(`${owner} requests, ${short({ order, priority, deadline })}`),
      acquired: ({ owner, order, fencingToken, holds }) =>
        line(`${owner} acquires, ${short({ order, fencingToken, holds })}`),
      refused: ({ owner, order }) => line(`${owner} gives up ${order}`),
      lost: ({ owner, order }) => line(`${owner} loses ${order}`),
      arrived: (key, amount, excess) => line(`${key}: ${short(amount)} arrive, ${short(-excess)} left`),
      permitsUsed: (key, amount, excess) => line(`${key}: ${amount > 0 ? '+' : ''}${amount} in use, ${-excess} left`),
      overused: (key, amount) => line(`${key}: ${short(amount)} were used above the request`),
      charged: (key, amount) => line(`${key}: ${short(amount)} above requests are charged`),
      redefined: (definition) => line(`redefined: ${short(definition)}`),
      ended: (owner) => line(`${owner} has ended`),
      faulted: (what) => line(`*** ${what}`),
    };
  }

  #add(line: string): void {
    if (this.write !== undefined) this.write(line);
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
