import { CancellationScope } from '@temporalio/workflow';
import { type ControlActivities } from './batch-protocol';
import { fitting } from './fitting';
import { type ItemResult } from './item-result';

/** Results go out together up to this size; a payload may be some times larger. Unit: characters. */
const LARGEST_WRITE = 256 * 1024;

/**
 * Counts results, and has those written that no worker has: of items that no set serves, or that ended every worker. One
 * write at a time, each with all that has come in meanwhile: an input may be full of items that are too large.
 */
export class BatchResults {
  readonly #waiting: ItemResult[] = [];
  #writing: Promise<void> | undefined;
  /** Why a write failed, if one did. Nothing is written after it. */
  failure: Error | undefined;

  constructor(
    private readonly writeResults: ControlActivities['writeResults'],
    /** Results so far, written or not. */
    public done: number,
    /** Those of items that were given up. */
    public failed: number,
  ) {}

  /** An item is through whose result is in the output. */
  count(ok: boolean): void {
    this.done += 1;
    if (!ok) this.failed += 1;
  }

  add(result: ItemResult): void {
    this.count(result.ok);
    this.#waiting.push(result);
    this.#writing ??= this.#write().catch((error: unknown) => this.fail(error));
  }

  /** A result could not be written. */
  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Resolves when everything is written, or a write has failed. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** What has been paid for is written even when the batch is cancelled. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const results = this.#waiting.splice(0, fitting(this.#waiting, LARGEST_WRITE, lengthOf));
      await CancellationScope.nonCancellable(() => this.writeResults(results));
    }
    this.#writing = undefined;
  }
}

function lengthOf(result: ItemResult): number {
  return JSON.stringify(result).length;
}
