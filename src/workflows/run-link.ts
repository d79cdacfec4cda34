import { getExternalWorkflowHandle, ParentClosePolicy, sleep, startChild, workflowInfo } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { LimiterLink } from '../acquire/limiter-link';
import { runAddress } from '../limiter/address';
import type { SetDefinition } from '../limiter/definition';
import type { Sync } from '../limiter/wire';
import { LIMITER_WORKFLOW, limiterId } from './limiter-id';
import { limiterStart } from './limiter-start';
import { isNotFound } from './not-found';
import { syncSignal } from './protocol';

/** Until a signal is tried again that the server refused, as it does while a limiter has had too many. */
const RETRY_MS = 1_000;

/** A workflow run's way to a limiter workflow: signals, which arrive whether or not anybody runs the limiter now. */
export class RunLink implements LimiterLink {
  constructor(
    readonly name: string,
    readonly definition: SetDefinition,
  ) {}

  get queue(): string {
    return runAddress(workflowInfo());
  }

  async send(sync: Sync): Promise<void> {
    for (;;) {
      try {
        await getExternalWorkflowHandle(limiterId(this.name)).signal(syncSignal, sync);
        return;
      } catch (error) {
        if (isNotFound(error)) await this.#startLimiter(sync);
        else await sleep(RETRY_MS);
      }
    }
  }

  /** The limiter outlives the run that was the first to need it. */
  async #startLimiter({ definition = this.definition }: Sync): Promise<void> {
    try {
      await startChild(LIMITER_WORKFLOW, {
        ...limiterStart(this.name, definition),
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    } catch (error) {
      // somebody else was faster
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
