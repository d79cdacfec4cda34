/** How an acquisition ended. */
type End = 'served' | 'lost' | 'refused';

/** One acquisition as its process, or its workflow run, sees it. */
export interface Acquisition {
  /** The process or run. */
  readonly owner: string;
  readonly priority: number;
  /** On the owner's clock. */
  readonly requestedAt: number;
  /** On the world's clock. */
  readonly requestedInWorldAt: number;
  /** Number of the request, in the order in which they were made by its owner. */
  readonly order: number;
  /** On the owner's clock; `Infinity` without a timeout. */
  readonly deadline: number;
  /** Whether it takes units of a rate or call limit. */
  readonly takesUnits: boolean;
  /** The keys of the limits that it asks for. */
  readonly signature: string;
  /** When it was let through, or refused. On the owner's clock. */
  acquiredAt: number;
  /** The client that it was acquired as: a lease, as the limiter knows it. */
  lease: string;
  fencingToken: number;
  /** The keys of the limits of which it has taken something: others than it asked for, if they were defined anew meanwhile. */
  takes: string;
  /** Keys of the resource limits of which it holds permits. */
  holds: readonly string[];
  end: End | undefined;
}

/** One that has just been requested. */
export function newAcquisition(
  known: Omit<Acquisition, 'acquiredAt' | 'lease' | 'fencingToken' | 'takes' | 'holds' | 'end'>,
): Acquisition {
  return { ...known, acquiredAt: NaN, lease: '', fencingToken: 0, takes: '', holds: [], end: undefined };
}
