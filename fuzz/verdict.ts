import { ApplicationFailure } from '@temporalio/common';
import { ConfigError } from '../src/batch/errors/errors';
import { LimitsError } from '../src/index';

const OWN = [LimitsError, ConfigError];

/** How the engine words what a program overlooked; nobody who passed something wrong learns from it what would be right. */
const RAW =
  /cannot (read|set|convert|destructure|mix)|is not (a function|iterable|a constructor|defined|an object)|call stack|reading '|invalid (array|string) length|circular|serialize/i;

/** Whether an error says what was wrong: one of this package's, or a `TypeError` or `RangeError` of its own. */
function isClear(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (OWN.some((own) => error instanceof own)) return true;
  // in workflow code this package's errors travel as failures of their name
  if (error instanceof ApplicationFailure) return error.type === error.name && !RAW.test(error.message);
  // of a signal that a caller gave
  if (error.name === 'TimeoutError') return true;
  return (error instanceof TypeError || error instanceof RangeError) && !RAW.test(error.message);
}

/** Runs something that may refuse what it is given. Throws if it does so unclearly; says whether it went through. */
export async function orRefused(action: () => unknown): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (isClear(error)) return false;
    throw new Error('not refused clearly', { cause: error });
  }
}

/** Throws if something has been written where every object would see it. */
export function assertClean(): void {
  const polluted = [Object.prototype, Array.prototype, Function.prototype].flatMap((prototype) =>
    Object.keys(prototype),
  );
  if (polluted.length > 0) throw new Error(`prototypes are polluted: ${polluted.join(', ')}`);
}
