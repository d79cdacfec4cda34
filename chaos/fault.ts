import { type Cluster } from './cluster/cluster';

/** What a fault has done to the work. */
export interface Outcome {
  readonly items: number;
  /** Units, of whatever kind, that arrived at the provider over its limits. */
  readonly unitsOver: number;
  /** Items that were accepted and never done. */
  readonly lost: number;
  /** Items with more than one result, and attempts with more than one answer. */
  readonly doubled: number;
  /** Calls within the limits that the provider refused all the same. */
  readonly refused: number;
  /** Answers of the provider beyond the first to an item, by an attempt after one that ended before it could report that. */
  readonly repeats: number;
  /** For so long nobody was answered. */
  readonly stallMs: number;
  /** From an item's start to its end, at most; nothing where that says nothing. */
  readonly slowestMs: number | undefined;
}

/** Why a fault cannot happen here. */
export interface Skipped {
  readonly skipped: string;
}

/** Where faults happen. */
export interface World {
  /** Of everything that is left to chance. */
  readonly random: () => number;
  /** For so long items keep coming. */
  readonly seconds: number;
  /** The cluster, which is started for the first that asks. */
  readonly cluster: () => Promise<Cluster>;
}

/** One thing that goes wrong. */
export interface Fault {
  readonly name: string;
  /** What is to be expected of the longest stall, and why. */
  readonly expected: string;
  /** How many calls within the limits the provider may refuse; none where nothing has it do so. */
  readonly mostRefused: number;
  /**
   * Has it happen while there is work, and leaves all as it was.
   *
   * @throws Error about what should have been and was not
   */
  play(world: World): Promise<Outcome | Skipped>;
}
