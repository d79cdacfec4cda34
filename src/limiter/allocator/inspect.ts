import type { Control } from '../control/control';
import { inspectedLimit, windowShares } from '../control/inspected';
import {
  MOST_ON_A_PAGE,
  type InspectedClient,
  type InspectedLimit,
  type Inspection,
  type InspectOptions,
  type MinuteRecord,
} from '../control/inspection';
import type { SetDefinition } from '../definition/definition';
import type { LoweringStep } from '../feedback/lowered-limits';
import type { ProviderStats } from '../feedback/provider-record';
import { at, addTo, zeros, type Vector } from '../vector/vector';
import type { ClientAccount } from './account/client-account';
import type { ClientState } from './account/client-state';
import { nextServed, permitsInUse, type Queue } from './next-served';

/** What an inspection is made of. Nothing of it is changed. */
export interface InspectedSet extends Queue {
  readonly definition: SetDefinition;
  /** The limits as each of what may change them leaves them. */
  readonly steps: readonly LoweringStep[];
  readonly control: Control;
  readonly provider: ProviderStats | undefined;
  readonly turnedAway: number;
  readonly history: readonly MinuteRecord[];
}

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
  const { accounts, ledger, control, steps } = set;
  const defined = set.definition.limits[index];
  if (defined === undefined) return [];
  const { capacity } = set.inForce.limits[index] ?? defined;
  const shares =
    defined.kind === 'resource' ? permitShares(accounts, index, capacity) : windowShares(ledger, index, capacity, now);
  return [inspectedLimit({ defined, index, steps }, control, shares, at(wanted, index))];
}

function permitShares(accounts: readonly ClientAccount[], index: number, capacity: number) {
  const started = permitsInUse(accounts, index);
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

function sinceOf({ demand }: ClientState): number {
  return demand.waiting.reduce((first, { since }) => Math.min(first, since), Infinity);
}

function waitingOf({ demand }: ClientState): number {
  return demand.waiting.reduce((total, { count }) => total + count, 0);
}
