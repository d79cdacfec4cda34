import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkOptions } from '../../limiter/checks/options';

/** What a set cannot take from JSON. */
export const CONNECTION_OPTIONS: readonly string[] = ['client', 'clock'];

const KNOWN = new Set(CONNECTION_OPTIONS);

/** @throws InvalidLimitError for the second parameter of a `fromJSON`, unless it is one */
export function checkConnectionOptions(options: unknown): void {
  checkOptions('fromJSON', options, KNOWN);
}

/**
 * Checks by what they can do, because a mock or one of another copy of a package is no instance.
 *
 * @throws InvalidLimitError
 */
export function checkConnection({ client, clock }: { readonly client?: unknown; readonly clock?: unknown }): void {
  // a Connection, which is easily taken for a Client, has no handle on workflows
  if (client !== undefined && typeof field(client, 'workflow') !== 'object') {
    throw new InvalidLimitError('client', `expected a Client of @temporalio/client, got ${describeValue(client)}`);
  }
  if (clock !== undefined && !['now', 'after', 'turn'].every((name) => typeof field(clock, name) === 'function')) {
    throw new InvalidLimitError('clock', `expected an object with now, after and turn, got ${describeValue(clock)}`);
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
