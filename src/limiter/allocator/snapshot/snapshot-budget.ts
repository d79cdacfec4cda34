import type { AllocatorSnapshot } from './snapshot';
import type { ClientState } from '../account/client-state';
import { pack, type Packed } from './packed';
import { MAX_DEMAND } from '../../protocol/sync-check';

/** Temporal takes 2 MiB; what comes with the snapshot, and whatever a codec adds, has to find room too. Unit: bytes. */
const MOST_BYTES = 1_700_000;
/** What the account of a client takes in a packed snapshot while it is busy: as such, its address, and for each limit. Unit: bytes. */
const CLIENT_BYTES = 300;
const ADDRESS_BYTES = 100;
const LIMIT_BYTES = 140;
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
      CLIENT_BYTES + Math.max(ADDRESS_BYTES, textBytes(address.id) + textBytes(address.queue)) + LIMIT_BYTES * limits;
  }
  return count <= MOST_CLIENTS && bytes <= MOST_BYTES;
}

/** What a text takes in JSON. */
function textBytes(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : bytesOf(JSON.stringify(text));
}

/** At most: a character beyond ASCII takes up to three bytes. */
function bytesOf(json: string): number {
  return json.length + 2 * (json.match(/[^\0-\x7f]/g)?.length ?? 0);
}

/**
 * A snapshot that Temporal takes. If it is too long, the last hour is left out first; then it is packed, and then the ends
 * of the longest queues are left out: what is taken must not be forgotten, but what waits is reported again with each sync,
 * and a process whose queue was cut is made to send one.
 */
export function withinBudget(snapshot: AllocatorSnapshot, mostBytes = MOST_BYTES): AllocatorSnapshot | Packed {
  const fits = (state: AllocatorSnapshot | Packed): boolean => bytesOf(JSON.stringify(state)) <= mostBytes;
  if (fits(snapshot)) return snapshot;
  const { history: _lastHour, ...needed } = snapshot;
  if (fits(needed)) return needed;
  let packed = pack(needed);
  for (let most = MAX_DEMAND / 4; most >= 1 && !fits(packed); most /= 4)
    packed = pack({ ...needed, clients: snapshot.clients.map((client) => withDemand(client, most)) });
  return packed;
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
