import { isPlainObject } from '../checks/options';
import { describeValue } from '../errors/describe-value';
import { InvalidLimitError } from '../errors/definition-errors';

/** The units that a rate limit counts: a list of names, or a weight for each. */
export type Counts<Unit extends string = string> = readonly Unit[] | Readonly<Record<Unit, number>>;

/** Units and their weights in canonical order, by name; plain JSON. */
export type WeightedUnits = readonly (readonly [unit: string, weight: number])[];

/** Most units that one limit counts. */
const MAX_UNITS = 32;

const isUnit = (unit: unknown): unit is string => typeof unit === 'string' && unit.length >= 1 && unit.length <= 256;

const isWeight = (weight: unknown): boolean =>
  typeof weight === 'number' && weight > 0 && weight <= Number.MAX_SAFE_INTEGER;

/**
 * A copy of `counts` with a weight for each unit; `undefined` stays so.
 *
 * @throws InvalidLimitError saying what is wrong with it
 */
export function checkCounts(counts: unknown): Readonly<Record<string, number>> | undefined {
  if (counts === undefined) return undefined;
  const entries = Array.isArray(counts)
    ? (counts as unknown[]).map((unit) => [unit, 1] as const)
    : isPlainObject(counts)
      ? Object.entries<unknown>(counts as Record<string, unknown>)
      : undefined;
  if (entries === undefined) {
    throw new InvalidLimitError('counts', `expected units or units with weights, got ${describeValue(counts)}`);
  }
  if (entries.length === 0 || entries.length > MAX_UNITS) {
    throw new InvalidLimitError('counts', `expected 1 to ${MAX_UNITS} units, got ${entries.length}`);
  }
  const weights = new Map<string, number>();
  for (const [unit, weight] of entries) {
    if (!isUnit(unit)) {
      throw new InvalidLimitError('counts', `expected units of 1 to 256 characters, got ${describeValue(unit)}`);
    }
    if (!isWeight(weight)) {
      throw new InvalidLimitError('counts', `expected a weight above 0 for "${unit}", got ${describeValue(weight)}`);
    }
    if (weights.has(unit)) throw new InvalidLimitError('counts', `"${unit}" is listed twice`);
    weights.set(unit, weight as number);
  }
  return Object.freeze(Object.fromEntries(weights));
}

/** The same in canonical order, so that two processes that mean the same say the same. */
export function weightedUnits(counts: Readonly<Record<string, number>>): WeightedUnits {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether a value from elsewhere is a list of units with weights, in canonical order. */
export function isWeightedUnits(value: unknown): value is WeightedUnits {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_UNITS) return false;
  const entries: readonly unknown[] = value;
  return entries.every((entry, i) => {
    if (!Array.isArray(entry) || entry.length !== 2) return false;
    const [unit, weight] = entry as readonly unknown[];
    if (!isUnit(unit) || !isWeight(weight)) return false;
    const before: unknown = i === 0 ? undefined : (entries[i - 1] as readonly unknown[])[0];
    return before === undefined || (before as string) < unit;
  });
}
