import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { Sync } from '../../src/limiter/protocol/wire';
import type { SimulatedLimiter } from '../../simulator/fleet/simulated-limiter';

/** Of so many messages of before a forger can still make something. */
const MOST = 500;

/** What somebody who reads a limiter's history knows: every message that it received, and its books. */
export class ObservedTraffic {
  /** Oldest first. */
  readonly syncs: Sync[] = [];

  constructor(readonly limiter: SimulatedLimiter) {
    const hear = limiter.hear.bind(limiter);
    limiter.hear = (message) => {
      this.syncs.push(message as Sync);
      if (this.syncs.length > MOST) this.syncs.shift();
      hear(message);
    };
    this.send = hear;
  }

  /** Sends the limiter something that is not recorded here: a forger learns nothing from itself. */
  readonly send: (message: unknown) => void;

  get books(): AllocatorSnapshot | undefined {
    return this.limiter.allocator?.snapshot();
  }

  /** All that a client has said under the definition that is running, oldest first. */
  of(client: string, version: number): readonly Sync[] {
    return this.syncs.filter((sync) => sync.client === client && sync.version === version);
  }
}
