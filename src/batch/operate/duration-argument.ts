import { InvalidArgumentError } from 'commander';
import { durationToMs } from '../../limiter/checks/duration';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';

/** A duration on the command line, as written there. It needs a unit: a bare `5` is hardly meant as milliseconds. */
export function durationArgument(text: string): string {
  try {
    if (durationToMs('', text) >= 0 && /[a-z]$/i.test(text.trim())) return text;
  } catch (error) {
    if (!(error instanceof InvalidLimitError)) throw error;
  }
  throw new InvalidArgumentError('It must be a number with its unit, such as 30s, 5m or 2h.');
}
