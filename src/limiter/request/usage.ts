import { isAmount, MOST_AMOUNT } from '../checks/numbers-check';
import type { LimitDefinition } from '../definition/definition';
import { InvalidUsageError, UsageExceedsRequestedError } from '../errors/usage-errors';
import { UnknownLimitError } from '../errors/request-errors';
import { at, ROUNDING } from '../vector/vector';
import { type Amounts, type Request, formOf, weighed } from './request';

/** The usage that an acquisition has reported, by unit in the order of the form; `undefined` where it has not yet. */
export type Usage = readonly (number | undefined)[];

const NONE: readonly string[] = [];

/**
 * The usage of one limit, checked against what was requested of it.
 *
 * @throws {@link InvalidUsageError}, {@link UsageExceedsRequestedError}
 */
export function validateUsage(limit: LimitDefinition, requested: number, usage: unknown): number {
  const used = checkUsage(limit.key, limit.kind, requested, usage);
  checkOverage(limit, requested, used);
  return used;
}

function checkUsage(name: string, kind: LimitDefinition['kind'], requested: number, usage: unknown): number {
  if (!isAmount(usage)) {
    throw new InvalidUsageError(name, usage, `expected a number from 0 to ${MOST_AMOUNT}`);
  }
  if (kind === 'call' && usage !== requested) {
    throw new InvalidUsageError(name, usage, `exactly ${String(requested)} were taken`);
  }
  // permits are held, not used up: the usage says nothing, but more than is held would be a mistake somewhere
  if (kind === 'resource' && usage > requested) {
    throw new InvalidUsageError(name, usage, `only ${String(requested)} are held`);
  }
  return usage;
}

function checkOverages(limits: readonly LimitDefinition[], request: Request, usage: Usage): void {
  const used = usedOf(limits, request, usage);
  limits.forEach((limit, i) => {
    checkOverage(limit, at(request.amounts, i), at(used, i));
  });
}

function checkOverage(limit: LimitDefinition, requested: number, used: number): void {
  if (limit.kind === 'rate' && limit.overage === 'reject' && used > requested * (1 + ROUNDING))
    throw new UsageExceedsRequestedError(limit.key, used, requested);
}

/**
 * Merges an update into what was reported before; the latest value of a unit counts. Nothing changes if any of it is wrong.
 *
 * @throws {@link UnknownLimitError}, {@link InvalidUsageError}, {@link UsageExceedsRequestedError}
 */
export function mergeUsage(
  limits: readonly LimitDefinition[],
  request: Request,
  before: Usage,
  update: Amounts,
): Usage {
  const form = formOf(limits);
  const asked = request.units ?? request;
  const usage = before.slice();
  for (const name in update) {
    if (!Object.hasOwn(update, name)) continue;
    const place = form.places.get(name) ?? -1;
    const unit = form.units[place];
    if (unit === undefined || asked.covers[place] !== true) {
      throw new UnknownLimitError(
        name,
        form.units.filter((_, i) => asked.covers[i]).map((known) => known.name),
      );
    }
    usage[place] = checkUsage(name, unit.kind, at(asked.amounts, place), update[name]);
  }
  if (form.rejectsOverage) checkOverages(limits, request, usage);
  return usage;
}

/** What was used of each limit, in the order of the definitions: what was reported of a unit, else what was requested of it. */
export function usedOf(limits: readonly LimitDefinition[], request: Request, usage: Usage): readonly number[] {
  if (usage.length === 0) return request.amounts;
  const { counted } = formOf(limits);
  const used = (request.units ?? request).amounts.slice();
  for (let i = 0; i < used.length; i += 1) used[i] = usage[i] ?? at(used, i);
  return counted === undefined ? used : weighed(counted, used);
}

/** The usage of a call that was never made: nothing of any unit. */
export function nothingUsed(limits: readonly LimitDefinition[], request: Request, before: Usage): Usage {
  const { covers } = request.units ?? request;
  return formOf(limits).units.map(({ kind }, i) => (kind === 'rate' && covers[i] ? 0 : before[i]));
}

/** The named units whose usage is not yet reported, sorted. */
export function missingUsage(limits: readonly LimitDefinition[], request: Request, usage: Usage): readonly string[] {
  const { units } = formOf(limits);
  const { covers } = request.units ?? request;
  let missing: string[] | undefined;
  for (let i = 0; i < units.length; i += 1) {
    const unit = units[i];
    if (unit?.kind !== 'rate' || covers[i] !== true || usage[i] !== undefined) continue;
    (missing ??= []).push(unit.name);
  }
  return missing?.sort() ?? NONE;
}
