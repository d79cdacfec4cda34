import { RECALLED } from '../../workflows/batch/batch-protocol';

/** The item was asked back before it was started. */
export class RecalledError extends Error {
  override readonly name = RECALLED;
}

/** The items of this process, as far as they can be asked back. */
export class Recalls {
  readonly #controllers = new Map<string, AbortController>();

  /** Runs the body with a signal that aborts when the item is asked back. */
  async listen<T>(id: string, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    try {
      return await body(controller.signal);
    } finally {
      this.#controllers.delete(id);
    }
  }

  recall(ids: readonly string[]): void {
    for (const id of ids) this.#controllers.get(id)?.abort(new RecalledError('asked back'));
  }
}
