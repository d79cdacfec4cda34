import { durationToMs } from '../../limiter/checks/duration';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';

export const NO_DURATION = 'It must be a number with its unit, such as 30s, 5m or 2h.';

/** Whether somebody has written a duration. It needs a unit: a bare `5` is hardly meant as milliseconds. */
export function isDuration(text: string): boolean {
  try {
    return durationToMs('', text) >= 0 && /[a-z]$/i.test(text.trim());
  } catch (error) {
    if (error instanceof InvalidLimitError) return false;
    throw error;
  }
}
