import { ApplicationFailure } from '@temporalio/workflow';

/** `gather`, `wait` or `asCompleted` has waited for its `timeout`. The tasks themselves go on. */
export class TasksTimeoutError extends ApplicationFailure {
  /** Also the `type` under which the error crosses Temporal. */
  override readonly name = 'TasksTimeoutError';

  constructor(
    /** How many tasks had ended by then. */
    readonly done: number,
    /** How many had not. */
    readonly notDone: number,
    /** How long it has waited. */
    readonly timeout: number | string,
  ) {
    const message = `${notDone} of ${done + notDone} tasks had not ended within ${timeoutText(timeout)}`;
    super(message, 'TasksTimeoutError', false, [{ done, notDone, timeout }]);
  }
}

function timeoutText(timeout: number | string): string {
  return typeof timeout === 'number' ? `${timeout} ms` : timeout;
}
