import type { LimitDefinition } from '../../limiter/definition/definition';
import type { Observation } from '../../limiter/feedback/observation';
import type { Request } from '../../limiter/request/request';
import { statusOf } from '../../limiter/retry/retry-after';
import type { Turn } from '../../limiter/lease/usage-log';
import type { Holding, Availability, CapacitySource, WaitOptions, Timer } from '../ports';
import type { ClientLease } from './client-lease';
import { AbortWatch } from '../gate/abort-watch';
import type { HolderSignals } from '../gate/holder-signals';
import { at } from '../../limiter/vector/vector';
import type { LeaseClient } from './lease-client';

/** For so long after a refusal, the next request that does not wait is not worth a try. Unit: milliseconds. */
const REFUSAL_MS = 250;

/** One listener for each signal, however many ask meanwhile. */
const aborts = new AbortWatch<() => void>((refusals) => {
  for (const refuse of refusals) refuse();
});

/** How a supply deals with the way to its limiter. */
interface LimiterWay {
  /** What a release waits for. @default nothing */
  readonly told?: () => Promise<void> | undefined;
  /** Aborts while no answer can come: a request that does not wait does not wait for one either. @default never */
  readonly outage?: () => AbortSignal;
  /**
   * How long such a request waits for an answer at most: a server may run while no worker hosts limiters. Unit:
   * milliseconds. @default as long as it takes
   */
  readonly answerMs?: number;
}

/** Serves acquisitions from a lease, and has its client ask for what they wait for. */
export class LeaseSupply implements CapacitySource {
  /** When a request that does not wait was last refused: no room, no answer in time, or its signal aborted. */
  #refusedAt = -Infinity;
  /** Holdings that have not been released. */
  numHeld = 0;

  constructor(
    readonly client: LeaseClient,
    readonly clock: Timer,
    readonly way: LimiterWay = {},
  ) {}

  get definitions(): readonly LimitDefinition[] {
    return this.client.lease.definition.limits;
  }

  takeNow(request: Request, priority: number): Holding | undefined {
    if (this.client.fatal !== undefined) throw this.client.fatal;
    return this.client.gate.tryPass(request, priority) ? this.#hold(request) : undefined;
  }

  async tryTake(request: Request, { priority, timeoutMs, signal }: WaitOptions): Promise<Holding | undefined> {
    const holding = this.takeNow(request, priority);
    if (holding !== undefined) return holding;
    const refusal = new AbortController();
    const refuse = (): void => {
      refusal.abort(refusal);
    };
    const outage = this.way.outage?.();
    if (outage?.aborted === true || signal?.aborted === true) return undefined;
    const ends = [outage, signal].filter((end) => end !== undefined);
    for (const end of ends) aborts.add(end, refuse);
    this.client.provider.asked(this.clock.now());
    const answerMs = Math.min(this.way.answerMs ?? Infinity, timeoutMs ?? Infinity);
    const stopTimer = answerMs === Infinity ? undefined : this.clock.after(answerMs, refuse);
    try {
      return await this.take(request, { priority, timeoutMs: undefined, signal: refusal.signal }, refuse);
    } catch (error) {
      if (error !== refusal) throw error;
      this.#refusedAt = this.clock.now();
      return undefined;
    } finally {
      stopTimer?.();
      for (const end of ends) aborts.delete(end, refuse);
      this.client.forget(refuse);
    }
  }

  /** @param refuse Called when the limiter has been asked and has granted what it will grant now. */
  async take(request: Request, options: WaitOptions, refuse?: () => void): Promise<Holding> {
    if (this.client.fatal !== undefined) throw this.client.fatal;
    const { gate, asking } = this.client;
    if (refuse !== undefined) this.client.whenAsked(refuse);
    const bounded = options.maxWaiting === undefined ? options : { ...options, asking };
    return gate.pass(request, bounded, (taken) => this.#hold(taken));
  }

  availability(request: Request): Availability {
    const { client, clock } = this;
    if (client.gate.expectedWaitMs(request) <= 0) return 'served';
    if (client.provider.isSuspended && !client.provider.mayAsk(clock.now())) return 'wait';
    // a `tryAcquire` does not wait, and one sync asks for all of them
    const mayBeFree = client.gate.size <= client.asking && client.fatal === undefined;
    return mayBeFree && clock.now() - this.#refusedAt >= REFUSAL_MS ? 'unknown' : 'wait';
  }

  expectedWaitMs(request: Request): number {
    const { gate, provider } = this.client;
    return provider.mayAsk(this.clock.now()) ? 0 : gate.expectedWaitMs(request);
  }

  #hold(request: Request): Holding {
    return new LeaseHolding(this, this.client.lease, request);
  }
}

/** What was taken under one lease of a client, which may have another one by now. */
export class LeaseHolding implements Holding {
  readonly fencingToken: number;
  readonly #holders: HolderSignals;
  #isHeld = true;
  readonly #since: number;
  readonly #turn: Turn | undefined;
  /** Its number, if others wait for its outcome. */
  readonly #probe: number | undefined;
  /** Whether what was observed last is an answer by which its provider did its part. */
  #isServed = false;

  constructor(
    readonly supply: LeaseSupply,
    readonly lease: ClientLease,
    readonly request: Request,
  ) {
    supply.numHeld += 1;
    this.fencingToken = lease.nextFencingToken();
    this.#holders = supply.client.holders;
    this.#since = supply.clock.now();
    this.#turn = lease.turnNow;
    this.#probe = supply.client.provider.claim();
  }

  get definitions(): readonly LimitDefinition[] {
    return this.lease.definition.limits;
  }

  get signal(): AbortSignal {
    return this.#holders.of(this, this.#isHeld);
  }

  settle(index: number, used: number): void {
    this.supply.client.settle(this.lease, index, at(this.request.amounts, index), used, this.#turn);
  }

  observe(answer: unknown, isAnswer = true): Observation {
    const observation = this.supply.client.observe(answer, this.#since, this.#probe);
    this.#isServed = isAnswer && observation.outcome === 'ok' && hasStatus(answer);
    return observation;
  }

  release(): Promise<void> | undefined {
    const { client, clock, way } = this.supply;
    this.supply.numHeld -= 1;
    this.#isHeld = false;
    this.#holders.forget(this);
    // an answer alone is no evidence: others of the same acquisition may be on their way
    if (this.#isServed) this.lease.answered?.(this.request.amounts, this.#turn, clock.now());
    if (this.#probe !== undefined) client.probeEnded(this.#probe);
    client.released(this.lease, this.request.amounts, clock.now() - this.#since);
    return way.told?.();
  }
}

/** Whether that is an answer itself. An error that only has one as its cause may stand for a call that has none. */
function hasStatus(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && statusOf(answer) !== undefined;
}
