import { hostname } from 'node:os';

/** Most that a limiter takes. Unit: characters. */
const LONGEST = 100;

/** Where this process runs, for people. */
export function hereText(): string {
  return `${process.pid}@${hostname()}`.slice(0, LONGEST);
}
