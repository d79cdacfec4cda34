import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { Sync } from '../../src/limiter/protocol/wire';
import type { SimulatedLimiter } from '../../simulator/fleet/simulated-limiter';

/** Of so many messages of before a forger can still make something. */
const MOST = 500;

/** What somebody who reads a limiter's history knows: everything that it was told, and by that what stands in its books. */
export class Overheard {
  /** Oldest first. */
  readonly syncs: Sync[] = [];

  constructor(readonly limiter: SimulatedLimiter) {
    const hear = limiter.hear.bind(limiter);
    limiter.hear = (message) => {
      this.syncs.push(message as Sync);
      if (this.syncs.length > MOST) this.syncs.shift();
      hear(message);
    };
    this.say = hear;
  }

  /** Tells the limiter something that is not overheard: a forger learns nothing from itself. */
  readonly say: (message: unknown) => void;

  get books(): AllocatorSnapshot | undefined {
    return this.limiter.allocator?.snapshot();
  }

  /** All that a client has said under the definition that is running, oldest first. */
  of(client: string, version: number): readonly Sync[] {
    return this.syncs.filter((sync) => sync.client === client && sync.version === version);
  }
}
