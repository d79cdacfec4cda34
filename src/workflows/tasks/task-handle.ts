/**
 * A task that was submitted: its result is to come, or has come.
 *
 * Not a promise itself, and it must not become one: an async function that returns a promise waits for it, so that
 * `await pool.submit(...)` would answer with the result, and one task would be in flight at a time.
 *
 * @example
 * const handle = await pool.submit('complete', ['Say hello.']);
 * const reply = await handle.result();
 */
export class TaskHandle<T> {
  readonly #result: Promise<T>;
  readonly #cancel: () => void;
  #isDone = false;

  /** Made by `TaskPool.submit`; `workerIndex` and `taskQueue` are where the task went. */
  constructor(
    /** Place of the worker in its pool. */
    readonly workerIndex: number,
    /** The task queue of that worker. */
    readonly taskQueue: string,
    result: Promise<T>,
    cancel: () => void,
  ) {
    this.#result = result;
    this.#cancel = cancel;
    const end = (): void => {
      this.#isDone = true;
    };
    // also spares the workflow task a failure where nobody has asked for the result yet
    result.then(end, end);
  }

  /** Whether the task has ended, well or not. */
  get done(): boolean {
    return this.#isDone;
  }

  /**
   * What the task answered, however often it is asked.
   *
   * @throws the `ActivityFailure` of the task
   */
  result(): Promise<T> {
    return this.#result;
  }

  /** Asks the task to stop; how its result then ends depends on its `cancellationType`. Does nothing once it is done. */
  cancel(): void {
    this.#cancel();
  }
}
