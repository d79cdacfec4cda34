import { nearest } from '../checks/nearest';
import type { LimitDefinition } from '../definition/definition';
import { describeValue } from '../errors/describe-value';
import type { CapacityChange, Control, LoggedChange } from './control';

/** What an operator asks for, as it travels; each field is checked where it arrives. */
export interface ChangeRequest {
  readonly action: LoggedChange['action'];
  /** With `set`: the new capacity of each limit, by key. */
  readonly capacity?: Readonly<Record<string, number>>;
  /** With `reset`: which limits. @default all */
  readonly keys?: readonly string[];
  /** With `forget`: which client. */
  readonly client?: string;
  /** After how long a `set` or `pause` ends by itself. Unit: milliseconds. @default it does not */
  readonly forMs?: number;
  readonly by?: string;
  readonly reason?: string;
  /** Only if the set is at this revision. */
  readonly ifRevision?: number;
  /**
   * Until when it may be made, by the clock of who asks: nobody waits for it any more after that. Unit: milliseconds
   * since the epoch. @default whenever it arrives
   */
  readonly notAfter?: number;
}

/** The capacity of a limit before and after a change. Units per window, or permits. */
export interface CapacityStep {
  /** The capacity before it. */
  readonly before: number;
  /** The capacity now. */
  readonly after: number;
}

/** The effect of a change: everything that operators have in force, before and after it. */
export interface ChangeOutcome {
  /** What operators had in force before it. */
  readonly before: Control;
  /** What they have in force now. */
  readonly after: Control;
  /** The capacity of each limit before and now, by key. */
  readonly capacities: Readonly<Record<string, CapacityStep>>;
}

const ACTIONS: ReadonlySet<unknown> = new Set([
  'set',
  'reset',
  'pause',
  'resume',
  'forget',
] satisfies LoggedChange['action'][]);
/** Beyond a year it is no change for a while. Unit: milliseconds. */
const LONGEST_MS = 366 * 86_400_000;
const [LONGEST_BY, LONGEST_REASON, LONGEST_CLIENT] = [100, 200, 256] as const;
/** How much clocks may differ: a change that arrives so much later than it may be made is still made. Unit: milliseconds. */
export const CLOCKS_DIFFER_MS = 10_000;
/** Most changes that the log keeps. */
const MOST_LOGGED = 20;
/** Most limits that one change names: a set has no more. */
const MOST_KEYS = 100;

type Fields = Partial<Record<keyof ChangeRequest, unknown>>;

/** Says what is wrong with what claims to be a request, and what would be right; nothing if it can be made. */
export function changeFault(
  request: unknown,
  limits: readonly LimitDefinition[],
  control: Control,
  now: number,
): string | undefined {
  if (typeof request !== 'object' || request === null) return `a change is an object, not ${describeValue(request)}`;
  const fields = request as Fields;
  const { action, forMs = 1, by = '', reason = '', ifRevision = control.revision } = fields;
  if (!ACTIONS.has(action)) return `action: ${describeValue(action)} is none of ${[...ACTIONS].join(', ')}`;
  if (typeof forMs !== 'number' || !(forMs > 0 && forMs <= LONGEST_MS))
    return `for: expected more than 0 ms and at most 366 days, got ${describeValue(forMs)}`;
  if (typeof by !== 'string' || by.length > LONGEST_BY)
    return `by: expected a text of at most ${LONGEST_BY} characters`;
  if (typeof reason !== 'string' || reason.length > LONGEST_REASON)
    return `reason: expected a text of at most ${LONGEST_REASON} characters`;
  const late = lateFault(fields.notAfter, now);
  if (late !== undefined) return late;
  if (ifRevision !== control.revision)
    return `revision: the set is at ${control.revision}, not ${describeValue(ifRevision)}: it was changed in the meantime. Inspect it again`;
  if (action === 'set') return capacityFault(fields.capacity, limits);
  if (action === 'reset') return keysFault(fields.keys, limits, control);
  if (action === 'forget' && !isClient(fields.client))
    return `client: expected the id of a client, got ${describeValue(fields.client)}`;
  return undefined;
}

function lateFault(notAfter: unknown, now: number): string | undefined {
  if (notAfter === undefined) return undefined;
  if (typeof notAfter !== 'number' || !Number.isFinite(notAfter))
    return `notAfter: expected milliseconds since the epoch, got ${describeValue(notAfter)}`;
  if (now <= notAfter + CLOCKS_DIFFER_MS) return undefined;
  const seconds = Math.round((now - notAfter) / 1_000);
  return `it arrived ${seconds} s too late. Make it again; if that fails, too, compare this machine's clock with the server's`;
}

function isClient(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_CLIENT;
}

function capacityFault(capacity: unknown, limits: readonly LimitDefinition[]): string | undefined {
  if (typeof capacity !== 'object' || capacity === null || Object.keys(capacity).length === 0)
    return `capacity: expected at least one limit with its new capacity, got ${describeValue(capacity)}`;
  for (const [key, value] of Object.entries(capacity) as [string, unknown][]) {
    const limit = limits.find((known) => known.key === key);
    if (limit === undefined)
      return unknownKey(
        key,
        limits.map((known) => known.key),
      );
    const isWhole = limit.kind !== 'resource' || Number.isInteger(value);
    if (typeof value !== 'number' || !(value > 0 && value <= Number.MAX_SAFE_INTEGER) || !isWhole) {
      const what = limit.kind === 'resource' ? 'a whole number of permits from 1' : 'a number above 0';
      return `${key}: expected ${what}, got ${describeValue(value)}. To stop the set, pause it`;
    }
  }
  return undefined;
}

function keysFault(keys: unknown, limits: readonly LimitDefinition[], { capacity }: Control): string | undefined {
  if (keys === undefined) return undefined;
  if (!Array.isArray(keys) || keys.length > MOST_KEYS)
    return `keys: expected a list of limits, got ${describeValue(keys)}`;
  const known = [...new Set([...limits.map(({ key }) => key), ...Object.keys(capacity)])];
  const unknown = (keys as unknown[]).find((key) => typeof key !== 'string' || !known.includes(key));
  return unknown === undefined ? undefined : unknownKey(unknown, known);
}

function unknownKey(key: unknown, known: readonly string[]): string {
  const meant = typeof key === 'string' ? nearest(key, known) : undefined;
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `unknown limit ${describeValue(key)}: the set has ${known.join(', ')}.${hint}`;
}

/**
 * Control after a change that has no fault; itself if there is nothing to resume or to reset.
 *
 * O1. Nothing but an operator's change, or its end, changes what operators have set: no deploy and no feedback does.
 * O2. Every change that was given an end ends by itself.
 */
export function changed(control: Control, request: ChangeRequest, now: number): Control {
  const { action, by = '', reason = '', forMs } = request;
  const logged = loggedCapacity(request, control);
  if (action === 'resume' && control.pause === undefined) return control;
  if (action === 'reset' && Object.keys(logged ?? {}).length === 0) return control;
  const mayEnd = action === 'set' || action === 'pause';
  const change = { by, reason, at: now, ...(mayEnd && forMs !== undefined && { until: now + Math.ceil(forMs) }) };
  const revision = control.revision + 1;
  const { pause, capacity } = after(control, request, change);
  const entry: LoggedChange = {
    ...change,
    revision,
    action,
    ...(logged !== undefined && { capacity: logged }),
    ...(request.client !== undefined && { client: request.client }),
  };
  return {
    revision,
    ...(pause !== undefined && { pause }),
    capacity,
    log: [...control.log, entry].slice(-MOST_LOGGED),
  };
}

function after(
  { pause, capacity }: Control,
  request: ChangeRequest,
  change: Omit<CapacityChange, 'capacity'>,
): Pick<Control, 'pause' | 'capacity'> {
  const kept = pause === undefined ? {} : { pause };
  switch (request.action) {
    case 'set': {
      const set = Object.entries(request.capacity ?? {}).map(([key, value]): [string, CapacityChange] => [
        key,
        { ...change, capacity: value },
      ]);
      return { ...kept, capacity: { ...capacity, ...Object.fromEntries(set) } };
    }
    case 'reset': {
      const keys = new Set(request.keys ?? Object.keys(capacity));
      return { ...kept, capacity: Object.fromEntries(Object.entries(capacity).filter(([key]) => !keys.has(key))) };
    }
    case 'pause':
      return { pause: change, capacity };
    case 'resume':
      return { capacity };
    case 'forget':
      return { ...kept, capacity };
  }
}

/** Of a reset, what had been set before. */
function loggedCapacity(
  { action, capacity, keys }: ChangeRequest,
  control: Control,
): Readonly<Record<string, number>> | undefined {
  if (action === 'set') return capacity;
  if (action !== 'reset') return undefined;
  const reset = Object.entries(control.capacity).filter(([key]) => keys === undefined || keys.includes(key));
  return Object.fromEntries(reset.map(([key, { capacity: value }]) => [key, value]));
}

/** Which limits count by another capacity after a change. */
export function changedCapacities(
  before: readonly LimitDefinition[],
  now: readonly LimitDefinition[],
): ChangeOutcome['capacities'] {
  return Object.fromEntries(
    now.map(({ key, capacity }, i) => [key, { before: before[i]?.capacity ?? capacity, after: capacity }]),
  );
}
