import { randomUUID } from 'node:crypto';
import type { LimitDefinition } from '../limiter/definition';
import type { Lease } from '../limiter/lease';
import { adaptRequest, type Request } from '../limiter/request';
import { LIMITER_TASK_QUEUE } from '../workflows/limiter-id';
import type { Backend, BackendStats, Holding, WaitOptions } from './backend';
import type { BackendOptions } from './backends';
import type { Clock } from './clock';
import { defaultClient } from './default-client';
import { LeaseClient, REDEFINED } from './lease-client';
import { OpenBackend } from './open-backend';
import { forgetClient, registerClient } from './push-registry';
import { Reach } from './reach';
import { TemporalLink } from './temporal-link';

/** A set whose limiter is a workflow, shared by every process that names it. */
class TemporalBackend implements Backend {
  readonly #client: LeaseClient;
  readonly #link: TemporalLink;
  readonly #clock: Clock;

  constructor(name: string, client: LeaseClient, link: TemporalLink, clock: Clock) {
    this.name = name;
    this.#client = client;
    this.#link = link;
    this.#clock = clock;
  }

  readonly name: string;

  get definitions(): readonly LimitDefinition[] {
    return this.#client.lease.definition.limits;
  }

  async tryTake(request: Request, priority: number): Promise<Holding | undefined> {
    if (this.#client.gate.tryPass(request, priority)) return this.#hold(request);
    const refusal = new AbortController();
    const refuse = (): void => {
      refusal.abort(refusal);
    };
    const { outage } = this.#link.reach;
    if (outage.aborted) return undefined;
    // who does not want to wait does not wait for the server either
    outage.addEventListener('abort', refuse);
    this.#client.whenAsked(refuse);
    try {
      return await this.take(request, { priority, timeoutMs: undefined, signal: refusal.signal });
    } catch (error) {
      if (error === refusal) return undefined;
      throw error;
    } finally {
      outage.removeEventListener('abort', refuse);
      this.#client.forget(refuse);
    }
  }

  async take(request: Request, options: WaitOptions): Promise<Holding> {
    const deadline = this.#clock.now() + (options.timeoutMs ?? Infinity);
    let wait = options;
    let wanted = request;
    for (;;) {
      if (this.#client.fatal !== undefined) throw this.#client.fatal;
      const { definitions } = this;
      try {
        await this.#client.gate.pass(wanted, wait);
        return this.#hold(wanted);
      } catch (error) {
        if (error !== REDEFINED) throw error;
        wanted = adaptRequest(wanted, definitions, this.definitions);
        if (options.timeoutMs !== undefined)
          wait = { ...options, timeoutMs: Math.max(0, deadline - this.#clock.now()) };
      }
    }
  }

  expectedWaitMs(request: Request): number {
    return this.#client.gate.expectedWaitMs(request);
  }

  async stats(): Promise<BackendStats> {
    // what happened in this process is part of what it is told
    await this.#client.yield();
    const { limits, waiting } = await this.#link.stats();
    return { limits, waiting };
  }

  yield(): Promise<void> {
    return this.#client.yield();
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #hold(request: Request): Holding {
    return new LeaseHolding(this.#client, this.#client.lease, request, this.#clock);
  }
}

class LeaseHolding implements Holding {
  readonly fencingToken: number;
  readonly signal: AbortSignal;
  readonly #since: number;

  constructor(
    readonly client: LeaseClient,
    readonly lease: Lease,
    readonly request: Request,
    readonly clock: Clock,
  ) {
    this.fencingToken = lease.nextFencingToken();
    this.signal = client.lost;
    this.#since = clock.now();
  }

  get definitions(): readonly LimitDefinition[] {
    return this.lease.definition.limits;
  }

  settle(index: number, used: number): void {
    this.lease.settle(index, this.request.amounts[index] ?? 0, used, this.clock.now());
  }

  release(): void {
    this.client.released(this.lease, this.request.amounts, this.clock.now() - this.#since);
  }
}

/** The backend of a set in Temporal mode. */
export function createTemporalBackend(options: BackendOptions): Backend {
  const { name, definition, clock, client, onUnavailable } = options;
  const link = new TemporalLink(
    name,
    definition,
    client === undefined ? defaultClient : () => Promise.resolve(client),
    LIMITER_TASK_QUEUE,
    new Reach(clock),
  );
  const ids: string[] = [];
  const leaseClient = new LeaseClient({
    name,
    definition,
    link,
    clock,
    newId: randomUUID,
    onLease(id, hear) {
      ids.splice(0).forEach(forgetClient);
      ids.push(id);
      registerClient(id, hear);
    },
  });
  const limited = new TemporalBackend(name, leaseClient, link, clock);
  return onUnavailable === 'open' ? new OpenBackend(limited, link.reach) : limited;
}
