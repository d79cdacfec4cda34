import { CALL_COUNT } from '../../limiter/definition/limits';
import { type ConfigProblem } from '../errors/errors';
import { type ConfigPath, type ConfigSource, valueAt } from './config-source';

/**
 * What is wrong only in view of the rest: names, task queues and keys that must differ, and keys that no item requests.
 * Works on data of any shape, so that these problems show up together with those of the schema.
 */
export function findClashes(
  raw: unknown,
  source: ConfigSource,
  requested: readonly string[] | undefined,
): ConfigProblem[] {
  const rateKeys = requested && [...requested, ...unitsIn(valueAt(raw, ['units']))];
  const problems: ConfigProblem[] = [];
  const unique = (what: string) => {
    const seen = new Map<string, ConfigPath>();
    return (value: unknown, path: ConfigPath): void => {
      if (typeof value !== 'string' || value === '') return;
      const earlier = seen.get(value);
      if (earlier === undefined) seen.set(value, path);
      else problems.push(source.problemAt(path, `${what}; line ${source.line(earlier)} has the same`));
    };
  };
  const uniqueName = unique('each set needs its own name');
  const uniqueQueue = unique('each set needs its own task queue');
  indices(raw, ['sets']).forEach((set) => {
    uniqueName(valueAt(raw, [...set, 'name']), [...set, 'name']);
    uniqueQueue(valueAt(raw, [...set, 'config', 'taskQueue']), [...set, 'config', 'taskQueue']);
    const uniqueKey = unique('each limit of a set needs its own key');
    indices(raw, [...set, 'limits']).forEach((limit) => {
      const path = [...limit, 'key'];
      const kind = valueAt(raw, [...limit, 'kind']);
      const key = valueAt(raw, path) ?? (kind === 'call' ? CALL_COUNT : undefined);
      uniqueKey(key, path);
      if (kind !== 'rate' || rateKeys === undefined) return;
      const counts = valueAt(raw, [...limit, 'counts']);
      if (counts === undefined) {
        if (typeof key !== 'string' || rateKeys.includes(key)) return;
        const known = rateKeys.join(', ');
        const remedy = `call it ${known}, list the units that it counts under counts, or define it under units`;
        problems.push(source.problemAt(path, `nothing here requests this key; ${remedy}`));
      }
      for (const unit of unitsIn(counts)) {
        if (rateKeys.includes(unit)) continue;
        const path = [...limit, 'counts'];
        // what comes from the environment may be a secret
        const named = source.hasVariable(path) ? 'one of these units' : `the unit ${unit}`;
        problems.push(source.problemAt(path, `nothing here requests ${named}; known are ${rateKeys.join(', ')}`));
      }
    });
  });
  return problems;
}

/** The units of a list or mapping, as a limit's `counts` is one, whatever else is wrong with it. */
function unitsIn(counts: unknown): string[] {
  if (Array.isArray(counts)) return counts.filter((unit) => typeof unit === 'string');
  return typeof counts === 'object' && counts !== null ? Object.keys(counts) : [];
}

/** The path of each item of the list at `path`, if there is one. */
function indices(raw: unknown, path: ConfigPath): ConfigPath[] {
  const list = valueAt(raw, path);
  return Array.isArray(list) ? list.map((_item, i) => [...path, i]) : [];
}
