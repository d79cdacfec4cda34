import type { Clock } from '../acquire/clock';
import { LeaseClient } from '../acquire/lease-client';
import type { LeaseClientOptions } from '../acquire/lease-client-options';
import { Lease } from '../limiter/lease';
import { busyController } from './busy-controller';
import type { ProcessLink } from './process-link';
import { SyncLoop } from './sync-loop';
import { giveTurns } from './turns';

/** What the client of a process is made of. */
export interface ProcessClientOptions extends Pick<LeaseClientOptions, 'name' | 'definition' | 'newId' | 'onLease'> {
  readonly clock: Clock;
  readonly link: ProcessLink;
  /** Randomness of the waits between tries. */
  readonly random?: () => number;
}

/** The client of a process: it keeps what it uses again and again, renews its lease, and tells of it as seldom as it can. */
export function processClient(options: ProcessClientOptions): LeaseClient {
  const { link, clock, random } = options;
  return new LeaseClient({
    ...options,
    newLease(definition, identity, inUse) {
      const lease = new Lease(definition, identity, inUse);
      giveTurns(lease, clock);
      return lease;
    },
    newFlow: (source) => new SyncLoop(source, link, clock, random),
    newController: busyController,
  });
}
