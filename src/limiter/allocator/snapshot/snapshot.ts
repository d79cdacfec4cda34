import type { ClientState } from '../account/client-state';
import type { Control } from '../../control/control';
import type { MinuteRecord } from '../../control/inspection';
import type { SetDefinition } from '../../definition/definition';
import type { LedgerSnapshot } from '../../ledger/ledger';
import type { ProviderSnapshot } from './provider-snapshot';

/** The version of a snapshot that is written here. */
export const SNAPSHOT_VERSION = 1;

/** The allocator's whole state as plain JSON. */
export interface AllocatorSnapshot {
  /** The {@link SNAPSHOT_VERSION} with which it was written. */
  readonly snapshot: number;
  readonly definition: SetDefinition;
  readonly ledger: LedgerSnapshot;
  readonly clients: readonly ClientState[];
  readonly fence: number;
  readonly birth: number;
  readonly counters: AllocatorCounters;
  /** When the last of the clients is to ask again for whom there was no room. */
  readonly lastRetryAt: number;
  /** What an exchange with a process took of late; 0 if there was none. Unit: milliseconds. */
  readonly lagMs: number;
  /** What is known of the provider, once something was observed. */
  readonly provider?: ProviderSnapshot;
  /** What operators have changed, once one has. */
  readonly control?: Control;
  /** The last hour, as far as there was room for it. */
  readonly history?: readonly MinuteRecord[];
}

/** What an allocator has seen since it was made. */
export interface AllocatorCounters {
  readonly syncs: number;
  readonly pushes: number;
  readonly grants: number;
  readonly refused: number;
}
