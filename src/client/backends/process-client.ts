import { LeaseClient } from '../../acquire/client/lease-client';
import type { LeaseClientOptions } from '../../acquire/client/client-lease';
import { Lease } from '../../limiter/lease/lease';
import { busyController, presentTime } from '../link/system-clock';
import type { ProcessLink } from '../link/push-registry';
import { giveTurns } from '../link/turns';
import { SyncLoop } from '../link/sync-loop';
import type { Clock } from '../../acquire/ports';

/** What the client of a process is made of. */
export interface ProcessClientOptions extends Pick<
  LeaseClientOptions,
  'name' | 'definition' | 'newId' | 'onLease' | 'newAnswerWatch' | 'onSuspended' | 'onLost'
> {
  readonly clock: Clock;
  readonly link: ProcessLink;
  /** Randomness of the waits between tries. */
  readonly random?: () => number;
}

/** The client of a process: it keeps what it uses again and again, renews its lease, and reports as seldom as it can. */
export function processClient(options: ProcessClientOptions): LeaseClient {
  const { link, clock, random = Math.random } = options;
  return new LeaseClient({
    ...options,
    random,
    newLease(definition, identity, inUse) {
      const lease = new Lease(definition, identity, inUse);
      giveTurns(lease, clock);
      return lease;
    },
    newFlow: (source) => new SyncLoop(source, link, clock, random),
    newController: busyController,
    present: presentTime,
  });
}
