import type { SetDefinition } from '../limiter/definition';
import type { LeaseIdentity } from '../limiter/exchange';
import type { ClientLease } from './client-lease';
import type { Timer } from './clock';
import type { Hear, LimiterLink } from './limiter-link';
import type { SyncFlow, SyncSource } from './sync-flow';

/** What a client is made of. */
export interface LeaseClientOptions {
  readonly name: string;
  readonly definition: SetDefinition;
  readonly link: LimiterLink;
  readonly clock: Timer;
  /** A new, unique id at each call. */
  readonly newId: () => string;
  /** Told of each lease that begins, where pushes are to find it. */
  readonly onLease?: (client: string, hear: Hear) => void;
  /** Of a process or of a workflow run, with the permits that are in use already. */
  readonly newLease: (definition: SetDefinition, identity: LeaseIdentity, inUse: readonly number[]) => ClientLease;
  readonly newFlow: (source: SyncSource) => SyncFlow;
  /** For a signal to which as many may listen as there are acquisitions. */
  readonly newController: () => AbortController;
}
