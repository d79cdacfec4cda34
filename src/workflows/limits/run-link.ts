import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyLocalActivities,
  sleep,
  startChild,
  workflowInfo,
  CancellationScope,
  condition,
} from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { LimiterLink, SyncFlow, SyncSource } from '../../acquire/ports';
import { runAddress } from '../../limiter/protocol/address';
import type { SetDefinition } from '../../limiter/definition/definition';
import type { Sync } from '../../limiter/protocol/wire';
import {
  LIMITER_TASK_QUEUE,
  LIMITER_WORKFLOW,
  limiterId,
  limiterStart,
  syncSignal,
  type RunActivities,
} from '../limiter/protocol';
import { isNotFound } from '../support/failure';

/** Until a signal is tried again that the server refused, as it does while a limiter has had too many. */
const RETRY_MS = 1_000;

/** What the SDK calls the failure of an activity that no worker here has. */
const NOT_REGISTERED = 'NotFoundError';

const { limitsQueue } = proxyLocalActivities<RunActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', nonRetryableErrorTypes: [NOT_REGISTERED] },
});

/** The queue of limiters that read what this run's worker writes; the sandbox does not know the worker's codecs. */
async function limiterTaskQueue(): Promise<string> {
  try {
    return await limitsQueue();
  } catch (error) {
    const isWithoutPlugin =
      error instanceof ActivityFailure &&
      error.cause instanceof ApplicationFailure &&
      error.cause.type === NOT_REGISTERED;
    if (isWithoutPlugin) return LIMITER_TASK_QUEUE;
    throw error;
  }
}

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
        ...limiterStart(this.name, definition, await limiterTaskQueue()),
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    } catch (error) {
      // somebody else was faster
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/**
 * Sends a workflow run's syncs: what has happened in one workflow task goes as one signal at its end, and the next only
 * when that one has arrived, because signals may overtake each other.
 */
export class RunFlow implements SyncFlow {
  #composed = 0;
  #delivered = 0;
  #stopped = false;

  constructor(
    readonly source: SyncSource,
    readonly link: LimiterLink,
  ) {
    // no scope of the workflow may end it: what is held is given back also when all is cancelled
    void CancellationScope.nonCancellable(() => this.#run());
  }

  wake(): void {
    // whether there is something to say is looked at by the end of each workflow task
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when what there is to say by now has arrived: a signal of a run that ends before that is lost. */
  async told(): Promise<void> {
    const next = this.#composed + 1;
    const isTold = (): boolean => this.#delivered >= next || (this.#delivered === this.#composed && !this.#isDue);
    await CancellationScope.nonCancellable(() => condition(isTold));
  }

  get #isDue(): boolean {
    return !this.#stopped && this.source.dueAt(Date.now()) < Infinity;
  }

  async #run(): Promise<void> {
    for (;;) {
      await condition(() => this.#stopped || this.#isDue);
      if (this.#stopped) return;
      const sync = this.source.compose();
      this.#composed += 1;
      await this.link.send(sync);
      this.#delivered += 1;
      this.source.delivered(sync);
    }
  }
}
