/** Why the acquisitions of a set wait. */
export type WhyCause =
  /** Nobody waits. */
  | 'NONE'
  /** A call or rate limit has no room. */
  | 'LIMIT'
  /** All permits of a resource limit are in use. */
  | 'PERMITS'
  /** An operator has stopped the set, or the provider has asked to be left alone. */
  | 'PAUSED'
  /** The provider does not serve the account. */
  | 'CIRCUIT'
  /** What is asked for is more than the capacity that counts at this moment. */
  | 'TOO_BIG'
  /** The limiter has no room for more clients. */
  | 'FULL'
  /** No process polls the limiter's task queue. */
  | 'UNHOSTED'
  /** The limiter does not get on: its workflow tasks fail or are not answered. */
  | 'STUCK'
  /** No limiter of this name runs. */
  | 'NOT_STARTED';

/** The one reason for which a set's acquisitions wait. Plain JSON. */
export interface Why {
  readonly set: string;
  readonly cause: WhyCause;
  /** One or two sentences for a person. */
  readonly summary: string;
  /** What to do about it, if there is anything to do. */
  readonly advice?: string;
  /** The limit, for `LIMIT`, `PERMITS` and `TOO_BIG`. */
  readonly limit?: string;
  /** Acquisitions that wait. */
  readonly waiting: number;
  /** The client that is served next. */
  readonly client?: string;
  /** What it needs, by key. */
  readonly needs?: Readonly<Record<string, number>>;
  /** When it is expected to be served, or something is tried again. Unit: milliseconds since the Unix epoch. */
  readonly expectedAt?: number;
}
