import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import type { Passage } from './passage';

/** What happens in a fleet, for whoever watches it: each is called right after it has happened. */
export interface FleetWatch {
  /** A message has reached the limiter. */
  told?(sync: Sync): void;
  /** A message has reached its client. */
  heard?(push: Push): void;
  /** Something went wrong, or right again. */
  struck?(what: string): void;
  /** Units reached their provider; by so much its capacity is exceeded. */
  arrived?(key: string, amount: number, excess: number): void;
  /** Permits are used, or (negative) no longer; there are so many too many in use. */
  permitsUsed?(key: string, amount: number, excess: number): void;
  /** Somebody began to wait. */
  asked?(passage: Passage): void;
  /** An acquisition was let through. */
  passed?(passage: Passage): void;
  /** One was given up, or could never be granted. */
  refused?(passage: Passage): void;
  /** A permit's holder was told that it is lost. */
  lost?(passage: Passage): void;
  /** The limiter has done what there was to do; its state is read when asked for. */
  woke?(state: () => AllocatorSnapshot): void;
  /** The limiter has taken over another definition. */
  redefined?(definition: SetDefinition): void;
  /** A process, or a workflow run, has ended: nobody waits there any more. */
  ended?(owner: string): void;
  /** Nobody has wanted anything for long. */
  rested?(state: () => AllocatorSnapshot | undefined): void;
}
