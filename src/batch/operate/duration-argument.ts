import { InvalidArgumentError } from 'commander';
import { isDuration, NO_DURATION } from '../text/duration';

/** A duration on the command line, as written there. */
export function durationArgument(text: string): string {
  if (isDuration(text)) return text;
  throw new InvalidArgumentError(NO_DURATION);
}
