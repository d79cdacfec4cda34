import type { LimitDefinition } from '../limiter/definition';
import type { Amounts } from '../limiter/request';

/**
 * Leaves out what a newer definition no longer limits. Processes that started with the older one go on naming it, and
 * must not fail because somebody else was updated first.
 *
 * @param own Keys of the definition that the process started with.
 */
export function withoutRetired(amounts: Amounts, own: readonly string[], running: readonly LimitDefinition[]): Amounts {
  const isRetired = (key: string): boolean => own.includes(key) && !running.some((limit) => limit.key === key);
  if (!own.some(isRetired)) return amounts;
  return Object.fromEntries(Object.entries(amounts).filter(([key]) => !isRetired(key)));
}
