import { revisable } from '../../algorithms/algorithms';
import { isAmount, isCount, isRow } from '../../checks/numbers-check';
import type { LimitDefinition, SetDefinition } from '../../definition/definition';
import { definitionFault } from '../../definition/definition-check';
import { describeValue } from '../../errors/describe-value';
import { isControlSnapshot, isHistorySnapshot } from './control-snapshot';
import { isProviderSnapshot } from './provider-snapshot';
import { SNAPSHOT_VERSION, type AllocatorSnapshot } from './snapshot';

const COUNTERS = ['syncs', 'pushes', 'grants', 'refused'] as const;
/** The fields of a client that are numbers, by record: whole ones from 0, and any. */
const COUNTS = {
  channel: ['seq', 'pushSeq', 'seenPush', 'repeats'],
  units: ['firstGrant', 'seenGrants', 'doublings'],
} as const;
const NUMBERS = {
  channel: ['readAt', 'lastSeenAt', 'pushedAt'],
  scheduling: ['holdingMs', 'carriesUntil', 'lastServed'],
} as const;
/** Its fields that have a number for each limit. */
const VECTORS = {
  units: ['granted', 'resolved', 'used', 'returned', 'refunded', 'excess', 'starting'],
  permits: ['inUse', 'cap', 'kept'],
  demand: ['ahead'],
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** How one release writes snapshots, and what it makes of those that earlier ones have written. */
export interface SnapshotFormat {
  /** What it writes. It reads every version from 1 to this one. */
  readonly version: number;
  /** By version: makes of a snapshot of that version one of the next. */
  readonly upgrades: Readonly<Record<number, (snapshot: Fields) => Fields>>;
  /** Says what is wrong with the contents of a snapshot of `version`; nothing if they can be restored. */
  readonly fault: (snapshot: Fields) => string | undefined;
}

/** Of this release. A change of the shape raises the version, and adds an upgrade from the one before. */
export const SNAPSHOT_FORMAT: SnapshotFormat = { version: SNAPSHOT_VERSION, upgrades: {}, fault: contentsFault };

/**
 * What claims to be the state of the run before, upgraded if an earlier release wrote it. Half of it would be worse than
 * nothing: what is not known to be taken is handed out again.
 *
 * @throws RangeError naming what is wrong. In a workflow that fails the task and not the run, so that the state stays
 *   where it is until a worker comes that understands it, as when a newer release was taken back.
 */
export function readSnapshot(value: unknown, format = SNAPSHOT_FORMAT): AllocatorSnapshot {
  if (!isObject(value)) throw cannotRestore(`it is ${describeValue(value)}`);
  const { snapshot: version } = value;
  if (!isCount(version) || version < 1 || version > format.version) throw cannotRestore(versionFault(version, format));
  let snapshot = value;
  for (let from = version; from < format.version; from += 1) {
    const upgrade = format.upgrades[from];
    if (upgrade === undefined) throw cannotRestore(`nothing upgrades version ${from} to ${from + 1}`);
    snapshot = { ...upgrade(snapshot), snapshot: from + 1 };
  }
  const fault = format.fault(snapshot);
  if (fault !== undefined) throw cannotRestore(fault);
  return snapshot as unknown as AllocatorSnapshot;
}

function cannotRestore(fault: string): RangeError {
  return new RangeError(`Cannot restore the limiter's snapshot: ${fault}`);
}

function versionFault(version: unknown, { version: newest }: SnapshotFormat): string {
  const range = newest === 1 ? 'only version 1' : `versions 1 to ${newest}`;
  const fault = `it has version ${describeValue(version)}, and this release reads ${range}`;
  return isCount(version) && version > newest
    ? `${fault}; run limiters with the release that wrote it, or a later one`
    : fault;
}

function contentsFault(snapshot: Fields): string | undefined {
  const { definition, ledger, clients, counters, lastRetryAt, lagMs } = snapshot;
  const definitionIsBad = definitionFault(definition);
  if (definitionIsBad !== undefined) return `definition: ${definitionIsBad}`;
  for (const key of ['fence', 'birth'] as const) if (!isCount(snapshot[key])) return key;
  if (!isNumber(lastRetryAt)) return 'lastRetryAt';
  if (!isAmount(lagMs)) return 'lagMs';
  if (!isProviderSnapshot(snapshot['provider'])) return 'provider';
  if (!isControlSnapshot(snapshot['control'])) return 'control';
  if (!isHistorySnapshot(snapshot['history'])) return 'history';
  if (!isObject(counters) || !COUNTERS.every((key) => isCount(counters[key]))) return 'counters';
  const { limits } = definition as SetDefinition;
  if (!Array.isArray(ledger) || ledger.length !== limits.length) return 'ledger';
  const account = limits.findIndex((limit, i) => !isAccount(ledger[i], limit));
  if (account >= 0) return `ledger[${account}]`;
  if (!Array.isArray(clients)) return 'clients';
  const client = clients.findIndex((state) => !isClient(state, limits.length));
  return client < 0 ? undefined : `clients[${client}]`;
}

function isAccount(value: unknown, limit: LimitDefinition): boolean {
  if (!isObject(value) || !isNumber(value['held'])) return false;
  if (limit.kind === 'resource') return true;
  const { state, landing, at, capacity = 0, before } = value;
  const isLanding = (item: unknown): boolean => isObject(item) && isNumber(item['amount']) && isNumber(item['at']);
  const model = revisable(limit.algorithm).initial(limit, 0);
  const isEarlier = isObject(before) && isAmount(before['capacity']) && isShapedLike(before['state'], model);
  if (!isAmount(capacity) || (before !== undefined && !isEarlier)) return false;
  return isList(landing, isLanding) && isNumber(at) && isShapedLike(state, model);
}

function isClient(value: unknown, limits: number): boolean {
  if (!isObject(value) || typeof value['id'] !== 'string' || !isCount(value['fence'])) return false;
  const { opened = 0, channel, units, permits, demand, scheduling, feedback, run } = value;
  if (!isObject(channel) || !isObject(units) || !isObject(permits) || !isObject(demand)) return false;
  return (
    isCount(opened) &&
    typeof channel['queue'] === 'string' &&
    hasAll(value, COUNTS, isCount) &&
    hasAll(value, NUMBERS, isNumber) &&
    hasAll(value, VECTORS, (vector) => isRow(vector, limits)) &&
    isList(units['grants'], (grant) => isGrant(grant, limits)) &&
    isList(units['lapses'], (lapse) => isLapse(lapse, limits)) &&
    isList(permits['unseen'], (push) => isObject(push) && isCount(push['seq']) && isRow(push['cap'], limits)) &&
    isObject(scheduling) &&
    isList(scheduling['heldUp'], isNumber) &&
    isList(demand['waiting'], (entry) => isDemandEntry(entry, limits)) &&
    (feedback === undefined || isRow(feedback, 3)) &&
    (run === undefined || isRun(run))
  );
}

/** Whether the named fields of the named records are all as they should be. */
function hasAll(
  value: Fields,
  fields: Readonly<Record<string, readonly string[]>>,
  isGood: (field: unknown) => boolean,
): boolean {
  return Object.entries(fields).every(([name, keys]) => {
    const record = value[name];
    return isObject(record) && keys.every((key) => isGood(record[key]));
  });
}

function isRun(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { askedAt, deliveredPush, unheard } = value;
  const isPush = (push: unknown): boolean => isObject(push) && isCount(push['seq']) && isCount(push['started']);
  return isNumber(askedAt) && isCount(deliveredPush) && isList(unheard, isPush);
}

function isDemandEntry(value: unknown, limits: number): boolean {
  if (!isObject(value) || !isCount(value['count']) || !isRow(value['amounts'], limits)) return false;
  return isNumber(value['priority']) && isNumber(value['since']);
}

function isLapse(value: unknown, limits: number): boolean {
  if (!isObject(value) || !isRow(value['unreported'], limits)) return false;
  return isNumber(value['notBefore']) && isNumber(value['firstAt']) && isNumber(value['lastAt']);
}

function isGrant(value: unknown, limits: number): boolean {
  if (!isObject(value)) return false;
  return isNumber(value['notBefore']) && isNumber(value['notAfter']) && isRow(value['amounts'], limits);
}

/** Whether it has the same fields: numbers where there are numbers, lists of numbers where there are lists. */
function isShapedLike(value: unknown, model: unknown): boolean {
  if (typeof model === 'number') return Number.isFinite(value);
  if (Array.isArray(model)) return Array.isArray(value) && value.every(Number.isFinite);
  if (!isObject(model)) return typeof value === typeof model;
  return isObject(value) && Object.entries(model).every(([key, part]) => isShapedLike(value[key], part));
}

const isList = (value: unknown, isGood: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isGood);

/** Any finite number: what rounding has left may be a little below 0. */
const isNumber = (value: unknown): boolean => Number.isFinite(value);

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
