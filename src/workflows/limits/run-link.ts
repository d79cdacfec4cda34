import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
  CancellationScope,
  condition,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { LimiterLink, SyncFlow, SyncSource } from '../../acquire/ports';
import { runAddress } from '../../limiter/protocol/address';
import type { SetDefinition } from '../../limiter/definition/definition';
import type { Sync } from '../../limiter/protocol/wire';
import {
  LIMITER_TASK_QUEUE,
  LIMITER_WORKFLOW,
  limiterId,
  limiterStart,
  QUEUE_ACTIVITY_PREFIX,
  syncSignal,
} from '../limiter/protocol';
import { isNotFound } from '../support/failure';

/**
 * Until a signal is tried again that the server refused, as it does while a limiter has had too many: twice as long each
 * time, up to a maximum, since each try costs events of the run.
 */
const RETRY_MS = 1_000;
const MOST_RETRY_MS = 60_000;
/** Once it waits so long, nobody waits for it: an end of the limiter's run has a signal refused for a moment, too. */
const PATIENCE_MS = 8_000;

/** What of the SDK's own state of a run is read here. */
interface RunInternals {
  readonly registeredActivityNames?: ReadonlySet<string>;
}

/**
 * The task queue of limiters that read what this run's worker writes. Codecs run outside the sandbox, so the plugin tells
 * the queue by the name of an activity that it registers. That costs no event, and replays on any worker: the server
 * does not compare queues. Without the plugin, or with an SDK that keeps no such names, it is the queue of plain JSON.
 */
function limiterTaskQueue(): string {
  const internals = (globalThis as { readonly __TEMPORAL_ACTIVATOR__?: RunInternals }).__TEMPORAL_ACTIVATOR__;
  const names = [...(internals?.registeredActivityNames ?? [])];
  const told = names.find((name) => name.startsWith(QUEUE_ACTIVITY_PREFIX));
  return told?.slice(QUEUE_ACTIVITY_PREFIX.length) ?? LIMITER_TASK_QUEUE;
}

/** A workflow run's way to a limiter workflow: signals, which arrive whether or not anybody runs the limiter now. */
export class RunLink implements LimiterLink {
  /** Whether the server has refused what is to be sent for some seconds. */
  isRefused = false;

  constructor(
    readonly name: string,
    readonly definition: SetDefinition,
  ) {}

  get queue(): string {
    return runAddress(workflowInfo());
  }

  async send(sync: Sync): Promise<void> {
    let retryMs = RETRY_MS;
    for (;;) {
      try {
        await getExternalWorkflowHandle(limiterId(this.name)).signal(syncSignal, sync);
        this.isRefused = false;
        return;
      } catch (error) {
        if (isNotFound(error)) {
          await this.#startLimiter(sync);
          continue;
        }
        this.isRefused = retryMs >= PATIENCE_MS;
        await sleep(retryMs);
        retryMs = Math.min(2 * retryMs, MOST_RETRY_MS);
      }
    }
  }

  /** The limiter outlives the run that was the first to need it. */
  async #startLimiter({ definition = this.definition }: Sync): Promise<void> {
    try {
      await startChild(LIMITER_WORKFLOW, {
        ...limiterStart(this.name, definition, limiterTaskQueue()),
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    } catch (error) {
      // another client has started it meanwhile
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
    readonly link: RunLink,
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

  /**
   * Resolves when what there is to say by now has arrived: a signal of a run that ends before that is lost. What the server
   * keeps refusing is not waited for.
   */
  async told(): Promise<void> {
    const next = this.#composed + 1;
    const isTold = (): boolean =>
      this.link.isRefused || this.#delivered >= next || (this.#delivered === this.#composed && !this.#isDue);
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
