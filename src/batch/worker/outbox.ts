import { ApplicationFailure } from '@temporalio/common';
import { OUTPUT_ERROR, RECALLED } from '../../workflows/batch/batch-protocol';
import { type ItemResult } from '../../workflows/batch/item-result';

/** One that waits until its result is in the output. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: ApplicationFailure) => void;
}

/** The results of a worker process on their way to the command, which alone writes the output. */
export class Outbox {
  readonly #waiting = new Map<string, Waiting>();
  #isClosed = false;

  constructor(private readonly send: (result: ItemResult) => void) {}

  /**
   * Resolves when the result is in the output.
   *
   * @throws ApplicationFailure if it cannot be written, or the command has ended: then the item is done again
   */
  async write(result: ItemResult): Promise<void> {
    if (this.#isClosed) throw commandEnded();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(result.id, { resolve, reject });
      this.send(result);
    });
  }

  /** The command has written a result, or says why it cannot. */
  written(id: string, error?: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(ApplicationFailure.nonRetryable(error, OUTPUT_ERROR));
  }

  /** The command has ended. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(commandEnded());
    this.#waiting.clear();
  }
}

function commandEnded(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('the command of its batch has ended', RECALLED);
}
