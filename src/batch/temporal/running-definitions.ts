import { checkSetOptions } from '../../client/sets/limit-set-options';
import { describeDefinition, sameDefinition } from '../../limiter/definition/definition';
import { type LimiterStats } from '../../workflows/limiter/protocol';
import { type BatchSet } from '../config/config';
import { limitSetOptions } from './limit-sets';
import { TargetError } from '../errors/errors';

/**
 * Compares the sets with what their limiters run. Without it, every item of such a set would fail on its own.
 *
 * @throws {TargetError} if a limiter runs other limits under the same version
 */
export function refuseConflicts(sets: readonly BatchSet[], running: ReadonlyMap<string, LimiterStats>): void {
  const conflicts = sets.flatMap((set) => {
    const theirs = running.get(set.name)?.definition;
    const { definition: ours } = checkSetOptions(limitSetOptions(set));
    if (theirs?.version !== ours.version || sameDefinition(theirs, ours)) return [];
    const version = `set ${JSON.stringify(set.name)} runs as version ${theirs.version} with ${describeDefinition(theirs)}`;
    return [`${version}, not ${describeDefinition(ours)}: raise its \`version\` in the config, or use the same limits`];
  });
  if (conflicts.length > 0) throw new TargetError(conflicts.join('\n'));
}
