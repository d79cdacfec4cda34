import type { LimitDefinition } from '../limiter/definition';
import type { Amounts } from '../limiter/request';
import { formOf } from '../limiter/request-form';

/**
 * Leaves out what a newer definition no longer limits. Processes that started with the older one go on naming it, and
 * must not fail because somebody else was updated first.
 *
 * @param own Keys of the definition that the process started with.
 */
export function withoutRetired(amounts: Amounts, own: readonly string[], running: readonly LimitDefinition[]): Amounts {
  const { places } = formOf(running);
  const retired = own.filter((key) => !places.has(key));
  if (retired.length === 0) return amounts;
  return Object.fromEntries(Object.entries(amounts).filter(([key]) => !retired.includes(key)));
}
