import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import type { ProviderWatch } from '../provider/providers';
import type { Acquisition } from './acquisition';

/** What happens in a fleet, for whoever watches it: each is called right after it has happened. */
export interface FleetWatch extends ProviderWatch {
  /** A message has reached the limiter. */
  synced?(sync: Sync): void;
  /** A message has reached its client, and is about to be read. */
  pushed?(push: Push): void;
  /** A fault began, or ended. */
  faulted?(what: string): void;
  /**
   * A pool whose requests may go to any of its sets sends one to this set. It knows that the set is suspended for so long
   * from now on, and whether another set would serve the request at once.
   */
  chosen?(suspendedMs: number, hasRoomElsewhere: boolean): void;
  /** A request began to wait. */
  requested?(acquisition: Acquisition): void;
  /** An acquisition was let through. */
  acquired?(acquisition: Acquisition): void;
  /** One timed out, or could never be granted. */
  refused?(acquisition: Acquisition): void;
  /** A permit's holder learned that it has lost its lease. */
  lost?(acquisition: Acquisition): void;
  /** An acquisition has used so much of a limit above its request. */
  overused?(key: string, amount: number): void;
  /** The limiter has been told so. */
  charged?(key: string, amount: number): void;
  /** The limiter has done what there was to do; its state is read when asked for. */
  woke?(state: () => AllocatorSnapshot): void;
  /** The limiter has taken over another definition. */
  redefined?(definition: SetDefinition): void;
  /** A process, or a workflow run, has ended: no request waits there any more. */
  ended?(owner: string): void;
  /** No request has been made for long. */
  drained?(state: () => AllocatorSnapshot | undefined): void;
}
