import { describeDefinition, type SetDefinition } from '../limiter/definition';
import { DefinitionConflictError } from '../limiter/errors/definition-conflict-error';
import { LimiterUnavailableError } from '../limiter/errors/limiter-unavailable-error';
import type { Push } from '../limiter/wire';

/** What a push that refuses a process for good means to its user. */
export function refusal(name: string, mine: SetDefinition, { status, definition, detail }: Push): Error {
  return status === 'conflict'
    ? new DefinitionConflictError(name, describeDefinition(mine), describeDefinition(definition ?? mine))
    : new LimiterUnavailableError(name, detail ?? 'it does not understand this process');
}
