import { ApplicationFailure } from '@temporalio/workflow';
import { definitionFault, plainDefinition } from '../limiter/definition-check';
import { describeValue } from '../limiter/describe-value';
import type { LimiterInput } from './protocol';

/**
 * Well before the server would ask for it. A run is replayed as a whole when another worker takes it over, or when a
 * signal comes just as it ends, and the limiter stands still for as long: a second of processor time for 1,500 events.
 */
export const DEFAULT_MAX_EVENTS = 1_000;

/**
 * A limiter's input with nothing left open. One that was started with nonsense ends at once, so that the next client
 * starts another: an error that fails the task instead would keep the limiter's id for a run that never does anything.
 *
 * @throws ApplicationFailure
 */
export function limiterInput(input: unknown): LimiterInput & Required<Pick<LimiterInput, 'events' | 'maxEvents'>> {
  const given = (input ?? {}) as LimiterInput;
  const { definition, state, events = 0, maxEvents = DEFAULT_MAX_EVENTS } = given;
  // the state of a run before is not thrown away, whatever is wrong with it
  const fault = state === undefined ? definitionFault(definition) : undefined;
  if (fault !== undefined) throw invalid(`definition: ${fault}`);
  if (!Number.isFinite(events)) throw invalid(`events: ${describeValue(events)} is no number`);
  if (!Number.isFinite(maxEvents)) throw invalid(`maxEvents: ${describeValue(maxEvents)} is no number`);
  return { ...given, definition: state === undefined ? plainDefinition(definition) : definition, events, maxEvents };
}

function invalid(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`A limiter cannot start with this: ${what}`, 'InvalidLimiterInput');
}
