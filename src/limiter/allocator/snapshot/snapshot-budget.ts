import type { AllocatorSnapshot } from './snapshot';
import type { ClientState } from '../account/client-state';
import { MAX_DEMAND } from '../../protocol/sync-check';

/** Temporal takes 2 MiB; what comes with the snapshot, and whatever a codec adds, has to find room too. Unit: bytes. */
const MOST_BYTES = 1_500_000;
/** What the account of a client takes in a snapshot at rest: as such, its address, and for each limit. Unit: bytes. */
const CLIENT_BYTES = 330;
const ADDRESS_BYTES = 100;
const LIMIT_BYTES = 70;
/** However few limits there are, more would keep a limiter busy with nothing but its books. */
const MOST_CLIENTS = 2_000;

/** Who a client is and where it hears, as the snapshot has it. */
interface Address {
  readonly id: string;
  readonly queue: string;
}

/** Most clients known at once, if their addresses are of the usual length. */
export function mostClients(limits: number): number {
  return Math.min(MOST_CLIENTS, Math.floor(MOST_BYTES / (CLIENT_BYTES + ADDRESS_BYTES + LIMIT_BYTES * limits)));
}

/** Whether one more client can be known: otherwise newcomers wait rather than a snapshot grow beyond what Temporal takes. */
export function fitsOneMore(newcomer: Address, known: Iterable<Address>, limits: number): boolean {
  let count = 0;
  let bytes = 0;
  for (const address of [newcomer, ...known]) {
    count += 1;
    bytes +=
      CLIENT_BYTES + Math.max(ADDRESS_BYTES, bytesOf(address.id) + bytesOf(address.queue)) + LIMIT_BYTES * limits;
  }
  return count <= MOST_CLIENTS && bytes <= MOST_BYTES;
}

/** At most: a character beyond ASCII takes up to three bytes, or six as an escape. */
function bytesOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : 6 * text.length;
}

/**
 * A snapshot that Temporal takes. If it is too long, the last hour is left out first, and then the ends of the longest
 * queues: what is taken must not be forgotten, but what waits is reported again with each sync, and a process whose queue
 * was cut is made to send one.
 */
export function withinBudget(snapshot: AllocatorSnapshot, mostBytes = MOST_BYTES): AllocatorSnapshot {
  if (JSON.stringify(snapshot).length <= mostBytes) return snapshot;
  const { history: _lastHour, ...needed } = snapshot;
  let cut: AllocatorSnapshot = needed;
  for (let most = MAX_DEMAND / 4; most >= 1 && JSON.stringify(cut).length > mostBytes; most /= 4) {
    cut = { ...needed, clients: snapshot.clients.map((client) => withDemand(client, most)) };
  }
  return cut;
}

function withDemand(client: ClientState, most: number): ClientState {
  const { demand, channel, run } = client;
  if (demand.waiting.length <= most) return client;
  return {
    ...client,
    demand: { ...demand, waiting: demand.waiting.slice(0, most) },
    // a workflow run reports anew whenever an acquisition of it ends; a push would only cost it a workflow task
    channel: { ...channel, dirty: channel.dirty || run === undefined },
  };
}
