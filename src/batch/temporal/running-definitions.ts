import { type Client } from '@temporalio/client';
import { checkSetOptions } from '../../client/sets/limit-set-options';
import { runningDefinition } from '../../client/link/running-definition';
import { definitionConflict } from '../../limiter/definition/definition-differences';
import { type BatchSet } from '../config/config';
import { limitSetOptions } from './limit-sets';
import { TargetError } from '../errors/errors';

/**
 * Compares the sets with what their limiters run. Without it, every item of such a set would fail on its own. A limiter
 * that does not answer is no conflict.
 *
 * @throws {TargetError} if a limiter runs other limits under the same version
 */
export async function refuseConflicts(client: Client, sets: readonly BatchSet[]): Promise<void> {
  const conflicts = await Promise.all(
    sets.map(async (set) => {
      const running = await runningDefinition(client, set.name).catch(() => undefined);
      const { definition } = checkSetOptions(limitSetOptions(set));
      return running && definitionConflict(set.name, definition, running);
    }),
  );
  const messages = conflicts.flatMap((conflict) => (conflict === undefined ? [] : [conflict.message]));
  if (messages.length > 0) throw new TargetError(messages.join('\n'));
}
