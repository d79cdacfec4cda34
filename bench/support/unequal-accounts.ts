/** Accounts of 10, 1 and 0.2 calls a second. */
export const ACCOUNTS = [
  { capacity: 10, windowSeconds: 1 },
  { capacity: 1, windowSeconds: 1 },
  { capacity: 1, windowSeconds: 5 },
] as const;

/** Calls that come all at once, to whichever of them. */
export const CALLS = 200;
