import type { LimitDefinition } from '../definition/definition';
import { at } from '../vector/vector';
import { InvalidUsageError, UsageExceedsRequestedError } from '../errors/usage-errors';
import { UnknownLimitError } from '../errors/request-errors';
import { type Amounts, type Request, formOf } from './request';

/** What an acquisition has told of its usage, in the order of the definitions; `undefined` where it has not yet. */
export type Usage = readonly (number | undefined)[];

const NONE: readonly string[] = [];

/**
 * What was used of one limit, checked against what was requested of it.
 *
 * @throws {@link InvalidUsageError}, {@link UsageExceedsRequestedError}
 */
export function validateUsage(limit: LimitDefinition, requested: number, usage: unknown): number {
  if (typeof usage !== 'number' || !Number.isFinite(usage) || usage < 0) {
    throw new InvalidUsageError(limit.key, usage, 'expected a finite number from 0');
  }
  if (limit.kind === 'call') {
    if (usage !== requested) throw new InvalidUsageError(limit.key, usage, `exactly ${String(requested)} were taken`);
  } else if (limit.kind === 'resource') {
    // permits are held, not used up: the usage says nothing, but more than is held would be a mistake somewhere
    if (usage > requested) throw new InvalidUsageError(limit.key, usage, `only ${String(requested)} are held`);
  } else if (usage > requested && limit.overage === 'error') {
    throw new UsageExceedsRequestedError(limit.key, usage, requested);
  }
  return usage;
}

/**
 * Merges an update into what was told before; the latest word on a limit counts. Nothing changes if any of it is wrong.
 *
 * @throws {@link UnknownLimitError}, {@link InvalidUsageError}, {@link UsageExceedsRequestedError}
 */
export function mergeUsage(
  limits: readonly LimitDefinition[],
  request: Request,
  before: Usage,
  update: Amounts,
): Usage {
  const { places } = formOf(limits);
  const usage = before.slice();
  for (const key in update) {
    if (!Object.hasOwn(update, key)) continue;
    const place = places.get(key) ?? -1;
    const limit = limits[place];
    if (limit === undefined || request.covers[place] !== true) {
      throw new UnknownLimitError(
        key,
        limits.filter((_, i) => request.covers[i]).map((known) => known.key),
      );
    }
    usage[place] = validateUsage(limit, at(request.amounts, place), update[key]);
  }
  return usage;
}

/** The named rate limits whose usage is still untold, sorted. */
export function missingUsage(limits: readonly LimitDefinition[], request: Request, usage: Usage): readonly string[] {
  let missing: string[] | undefined;
  for (let i = 0; i < limits.length; i += 1) {
    const limit = limits[i];
    if (limit?.kind !== 'rate' || request.covers[i] !== true || usage[i] !== undefined) continue;
    (missing ??= []).push(limit.key);
  }
  return missing?.sort() ?? NONE;
}
