/**
 * A submitted task.
 *
 * It is not a promise, on purpose. Otherwise, `await pool.submit(...)` would wait for the result, and only one task
 * would be in flight at a time.
 *
 * @example
 * const handle = await pool.submit('complete', ['Say hello.']);
 * const reply = await handle.result();
 */
export class TaskHandle<T> {
  readonly #result: Promise<T>;
  readonly #cancel: () => void;
  #isDone = false;

  /** Made by `TaskPool.submit`. `workerIndex` and `taskQueue` say where the task went. */
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
    // also keeps the workflow task from failing where no caller has asked for the result yet
    result.then(end, end);
  }

  /** Whether the task has ended, successfully or not. */
  get done(): boolean {
    return this.#isDone;
  }

  /**
   * The result of the task. You may call it several times.
   *
   * @throws the `ActivityFailure` of the task
   */
  result(): Promise<T> {
    return this.#result;
  }

  /**
   * Requests cancellation of the task. What its result does then depends on its `cancellationType`. Does nothing once
   * it is done.
   */
  cancel(): void {
    this.#cancel();
  }
}
