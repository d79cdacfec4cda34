import { checkCounts } from '../../limiter/definition/counts';
import { largestRequest } from '../../limiter/definition/definition';
import { type LimitJSON } from '../../limiter/definition/limits';
import { type Amounts } from '../../limiter/request/request';
import { type OtherUnits } from './config';

/** The units that a limit counts, with their weights; none of a call or resource limit. */
function unitsOf(limit: LimitJSON): Readonly<Record<string, number>> {
  if (limit.kind !== 'rate') return {};
  return checkCounts(limit.counts) ?? { [limit.key]: 1 };
}

/** What an item requests of a config's units by default. */
export function defaultAmounts(units: OtherUnits = {}): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(units).map(([unit, { requested }]) => [unit, requested]));
}

/** What amounts of units come to in a rate limit. */
export function weigh(limit: LimitJSON, units: Amounts): number {
  return Object.entries(unitsOf(limit)).reduce((sum, [unit, weight]) => sum + weight * (units[unit] ?? 0), 0);
}

/** The most of one unit that any single request can have at these limits; `Infinity` where none counts it. */
export function mostOf(limits: readonly LimitJSON[], unit: string): number {
  return limits.reduce((most, limit) => Math.min(most, largestRequest(limit) / (unitsOf(limit)[unit] ?? 0)), Infinity);
}
