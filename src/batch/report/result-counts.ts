import { type ItemResult } from '../../workflows/batch/item-result';

/** Counts the results of a run as they are written. */
export class ResultCounts {
  readonly #bySet = new Map<string, number>();
  ok = 0;
  failed = 0;
  /** Attempts beyond the first of each item. */
  retries = 0;
  /** When the last was written. Unit: milliseconds since the epoch. */
  lastAt = 0;

  get done(): number {
    return this.ok + this.failed;
  }

  add({ ok, set, attempts }: ItemResult): void {
    if (ok) this.ok += 1;
    else this.failed += 1;
    this.retries += Math.max(0, attempts - 1);
    this.lastAt = Date.now();
    this.#bySet.set(set, this.itemsOf(set) + 1);
  }

  /** Items that the set finished. */
  itemsOf(set: string): number {
    return this.#bySet.get(set) ?? 0;
  }
}
