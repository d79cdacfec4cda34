import { type RoutedSet } from '../workflows/batch-protocol';
import { type BatchSet } from './config';

/** What the batch workflow has to know of each set; neither URLs nor anything else of the config. */
export function routedSets(sets: readonly BatchSet[], bounds: readonly number[]): RoutedSet[] {
  return sets.map((set, i) => ({
    name: set.name,
    taskQueue: set.config.taskQueue,
    bound: bounds[i] ?? 1,
    largest: {
      ...capacityOf(set, 'input_tokens', 'inputTokens'),
      ...capacityOf(set, 'output_tokens', 'maxTokens'),
    },
  }));
}

function capacityOf<Name extends string>({ limits }: BatchSet, key: string, name: Name): { [name in Name]?: number } {
  const limit = limits.find((each) => each.kind === 'rate' && each.key === key);
  return (limit === undefined ? {} : { [name]: limit.capacity }) as { [name in Name]?: number };
}
