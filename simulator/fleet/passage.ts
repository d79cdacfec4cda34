/** How an acquisition ended. */
type End = 'served' | 'lost' | 'refused';

/** One acquisition as its process, or its workflow run, sees it. */
export interface Passage {
  /** The process or run. */
  readonly owner: string;
  readonly priority: number;
  /** On the owner's clock. */
  readonly askedAt: number;
  /** On the world's clock. */
  readonly askedInWorldAt: number;
  /** Number of the request, in the order in which they were made by its owner. */
  readonly order: number;
  /** On the owner's clock; `Infinity` without a timeout. */
  readonly deadline: number;
  /** Whether it takes units of a rate or call limit. */
  readonly takesUnits: boolean;
  passedAt: number;
  /** The client that it passed under: a lease, as the limiter knows it. */
  lease: string;
  fencingToken: number;
  /** Keys of the resource limits of which it holds permits. */
  holds: readonly string[];
  end: End | undefined;
}

/** One that has just been asked for. */
export function newPassage(
  known: Pick<Passage, 'owner' | 'priority' | 'askedAt' | 'askedInWorldAt' | 'order' | 'deadline' | 'takesUnits'>,
): Passage {
  return { ...known, passedAt: NaN, lease: '', fencingToken: 0, holds: [], end: undefined };
}
