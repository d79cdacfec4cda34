import { setTimeout as sleep } from 'node:timers/promises';
import { NamespaceNotFoundError, WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { Allocator, type AllocatorStats } from '../../limiter/allocator/allocator';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import type { SetDefinition } from '../../limiter/definition/definition';
import type { Push, Sync } from '../../limiter/protocol/wire';
import {
  LIMITER_WORKFLOW,
  limiterId,
  limiterStart,
  leaseQuery,
  statsQuery,
  syncSignal,
} from '../../workflows/limiter/protocol';
import { askRunning, refusalOf } from './ask-limiter';
import { Backoff } from './backoff';
import { DEADLINE_EXCEEDED, grpcCodeOf, RESOURCE_EXHAUSTED, type Reachability } from './reachability';
import { limiterQueueOf } from './encoding';
import { namespaceId, placeOf } from './environment';
import { hereText } from './here';
import { type Findings } from './obstacle';
import { polledMsAgo } from './pollers';
import { runningDefinition } from './running-definition';
import { pushQueue, servesPushes, type ProcessLink } from './push-registry';

/** A call that takes longer is given up; the client tries again in its own time. */
const CALL_MS = 5_000;

/**
 * How often a query is tried that fails in these ways, by gRPC's code. RESOURCE_EXHAUSTED: the server buffers one query
 * for each workflow that has something to do. DEADLINE_EXCEEDED: limiters may just be moving to another process, and the one
 * query that is buffered keeps others out until then; so both may take about as long in all.
 */
const STATS_TRIES = new Map([
  [RESOURCE_EXHAUSTED, 40],
  [DEADLINE_EXCEEDED, 3],
]);

/** The way to a limiter workflow. */
export class TemporalLink implements ProcessLink {
  /** Empty until the server has said. */
  #namespaceId = '';
  /** Empty until the client's encoding is known. */
  #limiterQueue = '';
  #isSending = false;
  /** Why the newest message could not be sent; none if it was. */
  #failure: { readonly error: unknown } | undefined;
  /** The client of this process for which the limiter's encoding is known to fit. */
  #checkedFor = '';
  /** Told why the limiter cannot understand a client of this process. */
  onMisfit: (detail: string) => void = () => undefined;

  constructor(
    readonly name: string,
    readonly definition: SetDefinition,
    readonly client: () => Promise<Client>,
    /** Told of every call how it went. */
    readonly reach: Reachability,
  ) {}

  get queue(): string {
    return pushQueue(this.#namespaceId, this.#limiterQueue);
  }

  async send(sync: Sync): Promise<void> {
    this.#isSending = true;
    try {
      await this.#send(sync);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      this.#isSending = false;
    }
  }

  async #send(sync: Sync): Promise<void> {
    await this.#call(async (client) => {
      await this.#learnNamespace(client);
      const taskQueue = (this.#limiterQueue = await limiterQueueOf(client.options.loadedDataConverter));
      // the limiter might grant something to a sync that it can read, though this process could not read the answer
      if (!(await this.#fits(client, sync.client, taskQueue))) return;
      await client.workflow.signalWithStart(LIMITER_WORKFLOW, {
        ...limiterStart(this.name, sync.definition ?? this.definition, taskQueue),
        signal: syncSignal,
        // who composed it may not have known yet
        signalArgs: [{ ...sync, queue: this.queue, ...(sync.definition !== undefined && { where: hereText() }) }],
      });
    });
  }

  /**
   * Whether the limiter reads what this process writes: one that another process started may not. Its task queue tells
   * how its messages are encoded. While that is unknown, it counts as fitting, and the next sync looks again.
   */
  async #fits({ workflow }: Client, clientId: string, mine: string): Promise<boolean> {
    if (this.#checkedFor === clientId) return true;
    const id = limiterId(this.name);
    const found = await workflow
      .getHandle(id)
      .describe()
      .catch(() => undefined);
    // one that has completed is started anew, in this process's way
    if (found?.status.name !== 'RUNNING') return true;
    if (found.taskQueue !== mine) {
      this.onMisfit(
        `${id} runs on the task queue ${found.taskQueue}, but this process encodes its messages for ${mine}. Give all ` +
          `clients of the set and their workers the same data converter, or terminate ${id} to start over`,
      );
      return false;
    }
    this.#checkedFor = clientId;
    return true;
  }

  async ask(clientId: string): Promise<Push | undefined> {
    const push = await this.#query(({ workflow }) =>
      workflow.getHandle(limiterId(this.name)).query(leaseQuery, clientId),
    );
    return push ?? undefined;
  }

  async stats(): Promise<AllocatorStats> {
    const backoff = new Backoff(20, 500);
    const failures = new Map<number, number>();
    for (;;) {
      const now = Date.now();
      try {
        const ask = (handle: WorkflowHandle) => handle.query(statsQuery, now);
        const stats = await this.#query(({ workflow }) => askRunning(workflow.getHandle(limiterId(this.name)), ask));
        return stats ?? this.#unused(now);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return this.#unused(now);
        if (error instanceof NamespaceNotFoundError) throw await this.#unavailable(error);
        const code = grpcCodeOf(error);
        if (code === undefined) throw error;
        const count = (failures.get(code) ?? 0) + 1;
        failures.set(code, count);
        if (count >= (STATS_TRIES.get(code) ?? 1)) throw await this.#unavailable(error);
      }
      await sleep(backoff.next());
    }
  }

  /** The limiter starts with the first that wants something: until then nothing is taken. */
  #unused(now: number): AllocatorStats {
    return new Allocator(this.definition, now).stats(now);
  }

  /** Why a query was not answered. */
  async #unavailable(error: unknown): Promise<LimiterUnavailableError> {
    const client = await this.client().catch(() => undefined);
    const reason = refusalOf(error, client) ?? 'it did not answer the stats query';
    return new LimiterUnavailableError(this.name, reason, { cause: error });
  }

  /** What is known of a limiter that does not answer. A server that has not taken the newest message yet is not asked. */
  async findings(): Promise<Omit<Findings, 'hasAnswered'> | undefined> {
    const failure = this.#failure;
    if (failure === undefined && this.#isSending) return undefined;
    const client = await this.client().catch(() => undefined);
    const known = { ...placeOf(client), taskQueue: this.#limiterQueue, failure };
    if (client === undefined || failure !== undefined) return { ...known, polledMsAgo: undefined };
    const ask = (): Promise<number> => polledMsAgo(client, this.#limiterQueue);
    // who may send messages may not be allowed to look
    const polled = await client.withDeadline(Date.now() + CALL_MS, ask).catch(() => undefined);
    return { ...known, polledMsAgo: polled };
  }

  /** As {@link runningDefinition}. */
  async runningDefinition(): Promise<SetDefinition | undefined> {
    return runningDefinition(await this.client(), this.name);
  }

  /** Once, where it matters. A server that does not say is asked for its answers, and again with the next sync. */
  async #learnNamespace({ workflowService, options }: Client): Promise<void> {
    if (this.#namespaceId !== '' || !servesPushes()) return;
    this.#namespaceId = await namespaceId(workflowService, options.namespace).catch(() => '');
  }

  /** A query without an answer in time tells of the limiter, not of the server: perhaps no worker runs it just then. */
  #query<T>(query: (client: Client) => Promise<T>): Promise<T> {
    return this.#call(query, (error) => grpcCodeOf(error) !== DEADLINE_EXCEEDED);
  }

  async #call<T>(call: (client: Client) => Promise<T>, tellsOfServer = (_error: unknown) => true): Promise<T> {
    const client = await this.client().catch((error: unknown) => {
      this.reach.unanswered();
      throw error;
    });
    try {
      const answer = await client.withDeadline(Date.now() + CALL_MS, () => call(client));
      this.reach.answered();
      return answer;
    } catch (error) {
      if (tellsOfServer(error)) this.reach.failed(error);
      throw error;
    }
  }
}
