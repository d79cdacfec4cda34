import { WorkflowUpdateFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { CLOCKS_DIFFER_MS, type ChangeOutcome, type ChangeRequest } from '../../limiter/control/change';
import type { Inspection, InspectOptions } from '../../limiter/control/inspection';
import type { Why } from '../../limiter/control/why';
import { InvalidChangeError, LimiterUnavailableError, NoLimiterError } from '../../limiter/errors/limiter-errors';
import { controlUpdate, inspectQuery, limiterId } from '../../workflows/limiter/protocol';
import { askLimiter } from '../link/ask-limiter';
import { POLLED_MS, polledMsAgo } from '../link/pollers';
import { wentUnanswered } from '../link/reachability';
import { SetAdmin } from './set-admin';

/** For so long a change is waited for. One that takes longer is not made any more. Unit: milliseconds. */
const CHANGE_MS = 10_000;

/** Looks at a set whose limiter is a workflow, and steers it. */
export class TemporalSetAdmin extends SetAdmin {
  constructor(
    set: string,
    readonly client: () => Promise<Client>,
  ) {
    super(set);
  }

  /** @internal */
  protected async look(options: InspectOptions): Promise<Omit<Inspection, 'set'>> {
    return this.#ask((handle) => handle.query(inspectQuery, options, Date.now()));
  }

  /** @internal */
  protected async change(request: ChangeRequest): Promise<ChangeOutcome> {
    const notAfter = Date.now() + CHANGE_MS;
    const send = (handle: WorkflowHandle): Promise<ChangeOutcome> =>
      handle.executeUpdate(controlUpdate, { args: [{ ...request, notAfter }] }).catch((error: unknown) => {
        if (!wentUnanswered(error)) throw error;
        throw new LimiterUnavailableError(this.set, mayBeMade(this.set, notAfter), { cause: error });
      });
    try {
      return await this.#ask(send, CHANGE_MS);
    } catch (error) {
      const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      if (cause instanceof ApplicationFailure && cause.type === 'InvalidChangeError')
        throw new InvalidChangeError(detailOf(cause));
      throw error;
    }
  }

  override async why(): Promise<Why> {
    try {
      return await super.why();
    } catch (error) {
      if (error instanceof NoLimiterError) return this.#notStarted();
      if (!(error instanceof LimiterUnavailableError)) throw error;
      return this.#unanswered(error);
    }
  }

  #notStarted(): Why {
    return {
      set: this.set,
      cause: 'NOT_STARTED',
      waiting: 0,
      summary: `No limiter of set "${this.set}" is running. It starts with the first acquire.`,
      advice: 'Check the name of the set and the namespace; `temporal-limits ls` lists the running limiters.',
    };
  }

  /** @throws the error itself if Temporal cannot be asked either */
  async #unanswered(error: LimiterUnavailableError): Promise<Why> {
    const client = await this.client();
    const look = async (): Promise<{ readonly taskQueue: string; readonly agoMs: number }> => {
      const { taskQueue } = await client.workflow.getHandle(limiterId(this.set)).describe();
      return { taskQueue, agoMs: await polledMsAgo(client, taskQueue) };
    };
    const found = await client.withDeadline(Date.now() + CHANGE_MS, look).catch(() => {
      throw error;
    });
    const { taskQueue, agoMs } = found;
    const of = { set: this.set, waiting: 0 };
    if (agoMs > POLLED_MS) {
      return {
        ...of,
        cause: 'UNHOSTED',
        summary: `No process runs the limiter: no worker polls the task queue "${taskQueue}".`,
        advice: 'Start a worker with LimitsPlugin in this namespace.',
      };
    }
    return {
      ...of,
      cause: 'STUCK',
      summary: `The limiter does not answer, though a worker polled "${taskQueue}" ${Math.max(0, Math.round(agoMs / 1_000))} s ago.`,
      advice:
        "Look for failed workflow tasks in that worker's log, and check that this command has its data converter.",
    };
  }

  async #ask<T>(ask: Parameters<typeof askLimiter<T>>[2], answerMs?: number): Promise<T> {
    const answer = await askLimiter(await this.client(), this.set, ask, answerMs);
    if (answer === undefined) throw new NoLimiterError(this.set);
    return answer;
  }
}

/** The server keeps an update that it has taken until a worker runs the limiter again. */
function mayBeMade(set: string, notAfter: number): string {
  const last = new Date(notAfter + CLOCKS_DIFFER_MS).toISOString().slice(11, 19);
  return (
    `it has not answered within ${CHANGE_MS / 1_000} s. The change may still be made until ${last} UTC, and not later; ` +
    `\`temporal-limits stats ${set}\` shows whether it was`
  );
}

/** What the limiter has found wrong: a failure carries the fields of the error that it was. */
function detailOf({ details, message }: ApplicationFailure): string {
  const [fields] = (details ?? []) as readonly Partial<InvalidChangeError>[];
  return fields?.detail ?? message;
}
