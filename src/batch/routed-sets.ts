import { type LimitJSON } from '../limiter/limits';
import { type IndexedItem, type RoutedSet } from '../workflows/batch-protocol';
import { type BatchSet } from './config';

/** What the batch workflow has to know of each set; neither URLs nor anything else of the config. */
export function routedSets(
  sets: readonly BatchSet[],
  bounds: readonly number[],
  items: readonly IndexedItem[],
): RoutedSet[] {
  return sets.map((set, i) => ({
    name: set.name,
    taskQueue: set.config.taskQueue,
    bound: bounds[i] ?? 1,
    speed: speedOf(set, items),
    largest: { inputTokens: capacityOf(set, 'input_tokens'), maxTokens: capacityOf(set, 'output_tokens') },
  }));
}

function capacityOf({ limits }: BatchSet, key: string): number | null {
  return limits.find((limit) => limit.kind === 'rate' && limit.key === key)?.capacity ?? null;
}

/**
 * How many average items a second the scarcest limit lets through over time. How long an item holds its permits nobody
 * knows yet, so resources count only where there is nothing else, and then only in proportion.
 */
function speedOf({ limits }: BatchSet, items: readonly IndexedItem[]): number {
  const windows = limits.filter((limit) => limit.kind !== 'resource');
  const speeds = windows.map((limit) => limit.capacity / limit.windowSeconds / Math.max(1e-9, meanUnits(limit, items)));
  const permits = limits.filter((limit) => limit.kind === 'resource').map(({ capacity }) => capacity);
  const speed = Math.min(...(speeds.length > 0 ? speeds : permits));
  return Number.isFinite(speed) ? speed : 1;
}

function meanUnits(limit: LimitJSON, items: readonly IndexedItem[]): number {
  if (limit.kind !== 'rate') return 1;
  const units = items.map(({ inputTokens, maxTokens }) => (limit.key === 'input_tokens' ? inputTokens : maxTokens));
  return units.reduce((sum, amount) => sum + amount, 0) / Math.max(1, items.length);
}
