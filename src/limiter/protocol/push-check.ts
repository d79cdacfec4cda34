import type { LimitDefinition } from '../definition/definition';
import { definitionFault } from '../definition/definition-check';
import { isAmount, isAmounts, isCount, isRow } from '../checks/numbers-check';
import { isLoweredBy } from '../feedback/lowered-limits';
import { isSuspensionCause } from '../feedback/provider-record';
import { WIRE_VERSION, type ProviderNews, type Push, type PushStatus } from './wire';

const STATUSES: ReadonlySet<unknown> = new Set<PushStatus>([
  'granted',
  'lost',
  'redefined',
  'conflict',
  'refused',
  'full',
]);

type Fields = Partial<Record<keyof Push, unknown>>;

/**
 * What claims to be a push to this client, if it is one. Anybody in the namespace can send such: what is not understood
 * changes nothing, and fails no workflow task.
 *
 * `client`, `status` and `detail` mean the same in every version of the protocol, so that every
 * client understands a refusal. Any other push of a version that is unknown here is read as a refusal that says so.
 */
export function readPush(message: unknown, client: string, limits: readonly LimitDefinition[]): Push | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const fields = message as Fields;
  const { status, detail, wire } = fields;
  if (fields.client !== client || !STATUSES.has(status)) return undefined;
  if (detail !== undefined && typeof detail !== 'string') return undefined;
  if (status === 'refused') return message as Push;
  if (wire !== WIRE_VERSION) return isCount(wire) ? unknownVersion(message as Push, wire) : undefined;
  if (status === 'full' && !isAmount(fields.retryAfterMs)) return undefined;
  const isSound = status === 'granted' ? isGrant(fields, limits) : isRejection(fields);
  return isSound ? (message as Push) : undefined;
}

function unknownVersion(push: Push, wire: number): Push {
  const newer = wire > WIRE_VERSION ? 'this process' : 'the workers that run limiters';
  const detail = `it speaks version ${wire} of the protocol, this process ${WIRE_VERSION}: update ${newer}`;
  return { ...push, status: 'refused', detail };
}

function isRejection({ definition }: Fields): boolean {
  return definition === undefined || definitionFault(definition) === undefined;
}

function isProviderNews(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, cause, until, probe = 0, reason = '' } = value as Partial<Record<keyof ProviderNews, unknown>>;
  const isKind = kind === 'PAUSED' || kind === 'CIRCUIT';
  return isKind && isSuspensionCause(cause) && Number.isFinite(until) && isCount(probe) && typeof reason === 'string';
}

function areLowered(rows: unknown, { length }: readonly LimitDefinition[]): boolean {
  const isLowered = (row: unknown): boolean => {
    const [index, capacity, by] = Array.isArray(row) ? (row as unknown[]) : [];
    return isCount(index) && index < length && isAmount(capacity) && isLoweredBy(by);
  };
  return Array.isArray(rows) && rows.length <= length && rows.every(isLowered);
}

function isGrant(push: Fields, limits: readonly LimitDefinition[]): boolean {
  const { ackAt, now, grants, levels, opened = 0, lagMs = 0, heldUp = [], provider, guardMs = 0, lowered = [] } = push;
  return (
    isCount(push.seq) &&
    isCount(push.ack) &&
    isCount(push.fence) &&
    isCount(opened) &&
    isCount(push.firstGrant) &&
    Number.isFinite(ackAt) &&
    Number.isFinite(now) &&
    isAmounts(levels, limits.length) &&
    isAmount(lagMs) &&
    isAmount(guardMs) &&
    areLowered(lowered, limits) &&
    Array.isArray(heldUp) &&
    heldUp.every(Number.isSafeInteger) &&
    (provider === undefined || isProviderNews(provider)) &&
    Array.isArray(grants) &&
    grants.every((row) => isRow(row, limits.length + 2) && isAmounts(row.slice(2), limits.length))
  );
}
