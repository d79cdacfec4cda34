import { InvalidArgumentError } from 'commander';

/** Reads a whole number of the command line. */
export function wholeArgument(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** Reads a port; 0 is any that is free. */
export const portArgument = wholeArgument(0, 65_535);
