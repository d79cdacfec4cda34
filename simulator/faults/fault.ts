import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Fleet } from '../fleet/fleet';
import type { Host } from '../fleet/host';
import type { FaultName } from '../scenario/scenario';
import type { VirtualClock } from '../world/virtual-clock';

/** What faults can reach: one after the other, they are let loose on it. */
export interface World {
  readonly clock: VirtualClock;
  readonly fleets: readonly Fleet[];
  /** Processes that run; one that is killed leaves the list. */
  readonly hosts: Host[];
  /** What new processes bring along, by set. */
  readonly definitions: SetDefinition[];
  /** Moments at random while there is work, so far apart on average. */
  moments(random: () => number, everyMs: number): Iterable<number>;
  /** Does something at a moment of the world, unless all is over by then. */
  at(moment: number, action: () => void): void;
  /** Reports a fault to whoever watches. */
  report(what: string): void;
  /** One more process, which begins to work. */
  startHost(): void;
}

/** One kind of what goes wrong. */
export interface Fault {
  readonly name: FaultName;
  /** What it stands for. */
  readonly means: string;
  /** Has it happen now and then while there is work; everything heals by itself, or at the end of the work. */
  schedule(world: World, random: () => number): void;
}
