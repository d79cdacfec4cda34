import { SNAPSHOT_VERSION, type AllocatorSnapshot } from './snapshot';
import type { ClientState } from '../account/client-state';
import type { LimitDefinition, SetDefinition } from '../../definition/definition';
import { definitionFault } from '../../definition/definition-check';
import { describeValue } from '../../errors/describe-value';
import { isCount, isRow } from '../../checks/numbers-check';
import { countingIn, upgraded } from './snapshot-upgrade';

const COUNTERS = ['syncs', 'pushes', 'grants', 'refused'] as const;
const COUNTS = ['seq', 'fence', 'firstGrant', 'seenGrants', 'pushSeq', 'seenPush', 'repeats'] as const;
const MOMENTS = ['lastSeenAt', 'readAt', 'pushedAt', 'holdingMs', 'carriesUntil', 'lastServed'] as const;
const BY_LIMIT = [
  'used',
  'returned',
  'refunded',
  'excess',
  'granted',
  'starting',
  'inUse',
  'permitCap',
  'ahead',
] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What claims to be the state of the run before, if it can be gone on from. Half of it would be worse than nothing: what
 * is not known to be taken is handed out again.
 *
 * @throws RangeError naming what is wrong. In a workflow that fails the task and not the run, so that the state stays
 *   where it is until a worker comes that understands it, as when a newer release was taken back.
 */
export function readSnapshot(value: unknown): AllocatorSnapshot {
  const fault = snapshotFault(value);
  if (fault !== undefined) throw new RangeError(`This snapshot of a limiter cannot be gone on from: ${fault}`);
  return upgraded(value as AllocatorSnapshot);
}

function snapshotFault(value: unknown): string | undefined {
  if (!isObject(value)) return `it is ${describeValue(value)}`;
  const { snapshot, definition, ledger, clients, counters } = value;
  if (!isCount(snapshot) || snapshot < 1 || snapshot > SNAPSHOT_VERSION) return versionFault(snapshot);
  const definitionIsBad = definitionFault(definition);
  if (definitionIsBad !== undefined) return `definition: ${definitionIsBad}`;
  for (const key of ['fence', 'birth'] as const) if (!isCount(value[key])) return key;
  if (value['appointedUntil'] !== undefined && !isNumber(value['appointedUntil'])) return 'appointedUntil';
  if (!isObject(counters) || !COUNTERS.every((key) => isCount(counters[key]))) return 'counters';
  const { limits } = definition as SetDefinition;
  if (!Array.isArray(ledger) || ledger.length !== limits.length) return 'ledger';
  const account = limits.findIndex((limit, i) => !isAccount(ledger[i], limit, snapshot));
  if (account >= 0) return `ledger[${account}]`;
  if (!Array.isArray(clients)) return 'clients';
  const client = clients.findIndex((state) => !isClient(state, limits.length));
  return client < 0 ? undefined : `clients[${client}]`;
}

function versionFault(version: unknown): string {
  const known = `version ${describeValue(version)} is none of 1 to ${SNAPSHOT_VERSION}, which are known here`;
  return isCount(version) && version > SNAPSHOT_VERSION
    ? `${known}; run limiters with the release that wrote it, or a later one`
    : known;
}

function isAccount(value: unknown, limit: LimitDefinition, version: number): boolean {
  if (!isObject(value) || !isNumber(value['held'])) return false;
  if (limit.kind === 'resource') return true;
  const { state, landing, at } = value;
  const isLanding = (item: unknown): boolean => isObject(item) && isNumber(item['amount']) && isNumber(item['at']);
  const isLanded = Array.isArray(landing) && landing.every(isLanding);
  return isLanded && isNumber(at) && isShapedLike(state, countingIn(version)(limit.algorithm).initial(limit, 0));
}

function isClient(value: unknown, limits: number): boolean {
  if (!isObject(value) || typeof value['id'] !== 'string' || typeof value['queue'] !== 'string') return false;
  const { doublings, lapses, grants, unseen, demand, kept, resolved, run } = value as Partial<
    Record<keyof ClientState, unknown>
  >;
  return (
    COUNTS.every((key) => isCount(value[key])) &&
    MOMENTS.every((key) => isNumber(value[key])) &&
    BY_LIMIT.every((key) => isRow(value[key], limits)) &&
    isRow(kept, limits) &&
    isRow(resolved, limits) &&
    (doublings === undefined || isCount(doublings)) &&
    (lapses === undefined || (Array.isArray(lapses) && lapses.every((lapse) => isLapse(lapse, limits)))) &&
    Array.isArray(grants) &&
    grants.every((grant) => isGrant(grant, limits)) &&
    isRows(unseen, limits + 1) &&
    isRows(demand, limits + 3) &&
    (run === undefined || isRun(run))
  );
}

function isRun(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { askedAt, deliveredPush, unheard } = value;
  return isNumber(askedAt) && isCount(deliveredPush) && isRows(unheard, 2);
}

function isLapse(value: unknown, limits: number): boolean {
  if (!isObject(value) || !isRow(value['untold'], limits)) return false;
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

const isRows = (value: unknown, length: number): boolean =>
  Array.isArray(value) && value.every((row) => isRow(row, length));

/** Any finite number: what rounding has left may be a little below 0. */
const isNumber = (value: unknown): boolean => Number.isFinite(value);

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
