import type { Control } from '../control/control';
import { inspectedLimit, namedAmounts, windowShares } from '../control/inspected';
import type {
  InspectedClient,
  InspectedLimit,
  Inspection,
  InspectOptions,
  MinuteRecord,
  NextServed,
} from '../control/inspection';
import type { SetDefinition } from '../definition/definition';
import type { ProviderStats } from '../feedback/provider-record';
import type { Ledger } from '../ledger/ledger';
import type { DemandEntry } from '../protocol/codec';
import { at, addTo, zeros, type Vector } from '../vector/vector';
import type { ClientAccount } from './account/client-account';
import type { ClientState } from './account/client-state';

/** What an inspection is made of. Nothing of it is changed. */
export interface InspectedSet {
  readonly definition: SetDefinition;
  /** With the capacities of operators. */
  readonly controlled: SetDefinition;
  /** With all capacities that count now. */
  readonly inForce: SetDefinition;
  /** A copy: looking into a ledger moves it on. */
  readonly ledger: Ledger;
  readonly accounts: readonly ClientAccount[];
  readonly control: Control;
  readonly provider: ProviderStats | undefined;
  readonly turnedAway: number;
  readonly history: readonly MinuteRecord[];
}

/** How many clients a page has at most: it is to fit into 64 KiB. */
const MOST_ON_A_PAGE = 100;
const CLIENTS_ON_A_PAGE = 20;

/** Everything there is to see of a set; its name is not known here. */
export function inspectSet(
  set: InspectedSet,
  { firstClient = 0, clients = CLIENTS_ON_A_PAGE }: InspectOptions,
  now: number,
): Omit<Inspection, 'set'> {
  const { accounts, definition } = set;
  const { limits, version } = definition;
  const sorted = accounts
    .map((account) => ({ account, since: sinceOf(account.state) }))
    .sort((a, b) => a.since - b.since || b.account.state.fence - a.account.state.fence);
  const wanted = zeros(limits.length);
  for (const { state } of accounts)
    for (const { amounts, count } of state.demand.waiting) addTo(wanted, amounts, count);
  const from = Math.max(0, Math.floor(firstClient));
  const to = from + Math.min(MOST_ON_A_PAGE, Math.max(0, Math.floor(clients)));
  const since = sorted[0]?.since ?? Infinity;
  const next = nextServed(set, now);
  return {
    at: now,
    version,
    limits: limits.flatMap((_, i) => inspectLimit(set, i, wanted, now)),
    waiting: accounts.reduce((total, { state }) => total + waitingOf(state), 0),
    ...(since < Infinity && { waitingSince: since }),
    ...(next !== undefined && { next }),
    turnedAway: set.turnedAway,
    ...(set.provider !== undefined && { provider: set.provider }),
    control: set.control,
    numClients: accounts.length,
    clients: sorted.slice(from, to).map(({ account }) => inspectClient(account, definition)),
    ...(to < accounts.length && { nextClient: to }),
    history: set.history,
  };
}

function inspectLimit(set: InspectedSet, index: number, wanted: Vector, now: number): InspectedLimit[] {
  const { accounts, ledger, control } = set;
  const [defined, controlled, inForce] = [set.definition, set.controlled, set.inForce].map(
    ({ limits }) => limits[index],
  );
  if (defined === undefined) return [];
  const { capacity } = inForce ?? defined;
  const shares =
    defined.kind === 'resource' ? permitShares(accounts, index, capacity) : windowShares(ledger, index, capacity, now);
  return [inspectedLimit({ defined, controlled, inForce }, control, shares, at(wanted, index))];
}

function permitShares(accounts: readonly ClientAccount[], index: number, capacity: number) {
  const started = accounts.reduce((total, { state }) => total + at(state.permits.inUse, index), 0);
  const possible = accounts.reduce((total, account) => total + account.maxPossibleInUse(index), 0);
  return { started, granted: possible - started, free: Math.max(0, capacity - possible) };
}

function inspectClient({ state, run }: ClientAccount, { limits, timing }: SetDefinition): InspectedClient {
  const { id, where, channel, permits } = state;
  const inUse = limits.flatMap(({ key, kind }, i): [string, number][] =>
    kind === 'resource' ? [[key, at(permits.inUse, i)]] : [],
  );
  const since = sinceOf(state);
  return {
    id,
    ...(where !== undefined && { where }),
    ...(run !== undefined && { run }),
    inUse: Object.fromEntries(inUse),
    waiting: waitingOf(state),
    ...(since < Infinity && { waitingSince: since }),
    heardAt: channel.lastSeenAt,
    ...(run === undefined && { leaseEndsAt: channel.lastSeenAt + timing.leaseMs }),
  };
}

/** Who is served next: the oldest of those of the highest priority. */
function nextServed(set: InspectedSet, now: number): NextServed | undefined {
  const { accounts, inForce } = set;
  let next: { readonly account: ClientAccount; readonly entry: DemandEntry } | undefined;
  for (const account of accounts) {
    for (const entry of account.state.demand.waiting) {
      const isBefore =
        next === undefined ||
        entry.priority > next.entry.priority ||
        (entry.priority === next.entry.priority && entry.since < next.entry.since);
      if (isBefore) next = { account, entry };
    }
  }
  if (next === undefined) return undefined;
  const { account, entry } = next;
  const { limits } = inForce;
  const { index, readyAt } = bindingLimit(set, account, entry.amounts, now);
  const binding = limits[index];
  return {
    client: account.state.id,
    amounts: namedAmounts(limits, entry.amounts),
    waitingSince: entry.since,
    priority: entry.priority,
    ...(binding !== undefined && { bindingLimit: binding.key }),
    ...(readyAt < Infinity && { expectedAt: Math.ceil(readyAt) }),
  };
}

/** The limit that has room last for these amounts, beside what their client has of them; -1 if all have. */
function bindingLimit(
  { accounts, ledger, inForce }: InspectedSet,
  account: ClientAccount,
  amounts: Vector,
  now: number,
): { readonly index: number; readonly readyAt: number } {
  const { limits } = inForce;
  const lacking = account.units.lacking(amounts, limits);
  let binding = { index: -1, readyAt: now };
  for (const [index, limit] of limits.entries()) {
    const amount = at(amounts, index);
    if (amount === 0) continue;
    if (amount > limit.capacity) return { index, readyAt: Infinity };
    let readyAt = now;
    if (limit.kind !== 'resource') {
      const units = at(lacking, index);
      if (units > 0) readyAt = ledger.readyAtOne(index, units, now);
      if (readyAt === Infinity) readyAt = Math.max(now + 1, ledger.nextLanding());
    } else {
      const inUse = accounts.reduce((total, { state }) => total + at(state.permits.inUse, index), 0);
      if (inUse + amount > limit.capacity) readyAt = now + nextReleaseMs(account.state, inUse);
    }
    if (readyAt > binding.readyAt) binding = { index, readyAt };
  }
  return binding;
}

/** When the next of a client's holders probably ends, judged by how long they held of late. Unit: milliseconds. */
function nextReleaseMs({ scheduling: { holdingMs } }: ClientState, holders: number): number {
  return holdingMs > 0 ? Math.max(1, holdingMs / holders) : Infinity;
}

function sinceOf({ demand }: ClientState): number {
  return demand.waiting.reduce((first, { since }) => Math.min(first, since), Infinity);
}

function waitingOf({ demand }: ClientState): number {
  return demand.waiting.reduce((total, { count }) => total + count, 0);
}
