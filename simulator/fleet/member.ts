import type { LeaseClient } from '../../src/acquire/client/lease-client';
import { LeaseHolding, LeaseSupply } from '../../src/acquire/client/lease-supply';
import type { Holding, Timer } from '../../src/acquire/ports';
import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { LimitsError } from '../../src/limiter/errors/limits-error';
import type { Amounts, Request } from '../../src/limiter/request/request';
import type { Job } from '../scenario/job';
import { newAcquisition, type Acquisition } from './acquisition';
import type { Surroundings } from './surroundings';

/** Whoever acquires: a process, or a workflow run. What it holds is counted at the providers while it runs. */
export abstract class Member {
  abstract readonly client: LeaseClient;
  abstract readonly clock: Timer;
  /** Acquisitions in the order in which they were let through or given up. */
  readonly acquisitions: Acquisition[] = [];
  /** Requests that wait. */
  waiting = 0;
  readonly #inUse = new Map<string, number>();
  #supply: LeaseSupply | undefined;
  #orders = 0;
  #isCounted = true;

  constructor(
    readonly fleet: Surroundings,
    readonly owner: string,
  ) {}

  /** What it acquires from: the same as behind a limit set of its kind. */
  get supply(): LeaseSupply {
    this.#supply ??= new LeaseSupply(this.client, this.clock, () => undefined);
    return this.#supply;
  }

  /** One acquisition, from the request to the release. */
  async acquire(job: Job): Promise<Acquisition> {
    const acquisition = this.#ask(job);
    this.waiting += 1;
    const holding = await this.#take(job);
    this.waiting -= 1;
    this.acquisitions.push(acquisition);
    acquisition.acquiredAt = this.clock.now();
    if (holding === undefined) {
      acquisition.end = 'refused';
      for (const watch of this.fleet.watches) watch.refused?.(acquisition);
      return acquisition;
    }
    // not the lease that its client has by now
    if (holding instanceof LeaseHolding) acquisition.lease = holding.lease.identity.client;
    acquisition.fencingToken = holding.fencingToken;
    acquisition.holds = holding.definitions.flatMap(({ kind, key }, i) =>
      kind === 'resource' && (holding.request.amounts[i] ?? 0) > 0 ? [key] : [],
    );
    for (const watch of this.fleet.watches) watch.acquired?.(acquisition);
    await this.hold(holding, job, acquisition);
    return acquisition;
  }

  /** What is done with what was acquired, until it is released. */
  protected abstract hold(holding: Holding, job: Job, acquisition: Acquisition): Promise<void>;

  /** The units reach their providers. Says when. */
  protected start({ definitions, request }: Holding, used: Amounts): number[] {
    this.fleet.started += 1;
    return definitions.map((limit, i) => {
      const taken = request.amounts[i] ?? 0;
      if (limit.kind === 'resource') return NaN;
      return this.fleet.providers.arrive(limit.key, this.#isNeverCounted(limit) ? needed(limit, taken, used) : taken);
    });
  }

  /** Permits are used (1) or given back (-1). */
  protected usePermits({ definitions, request }: Holding, sign: 1 | -1): void {
    definitions.forEach(({ key, kind }, i) => {
      const amount = sign * (request.amounts[i] ?? 0);
      if (kind !== 'resource' || amount === 0) return;
      this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + amount);
      if (this.#isCounted) this.fleet.providers.usePermits(key, amount);
    });
  }

  /** Units that were not needed are settled with the limiter, and with a provider that takes them back. */
  protected settle(holding: Holding, used: Amounts, arrivedAt: readonly number[]): void {
    holding.definitions.forEach((limit, i) => {
      const taken = holding.request.amounts[i] ?? 0;
      const unneeded = taken - needed(limit, taken, used);
      if (unneeded === 0) return;
      if (comesBack(limit) && !this.#isNeverCounted(limit)) {
        this.fleet.providers.giveBack(limit.key, unneeded, arrivedAt[i] ?? 0);
      }
      holding.settle(i, taken - unneeded);
    });
  }

  /** Whether the provider counts no more than is needed, from the start on. */
  #isNeverCounted(limit: LimitDefinition): boolean {
    return comesBack(limit) && this.fleet.unneeded === 'never counted';
  }

  /** What does not run uses nothing. */
  protected countPermits(isCounted: boolean): void {
    if (isCounted === this.#isCounted) return;
    this.#isCounted = isCounted;
    for (const [key, amount] of this.#inUse) this.fleet.providers.usePermits(key, isCounted ? amount : -amount);
  }

  #ask({ requested, priority = 0, timeoutMs = Infinity }: Job): Acquisition {
    this.#orders += 1;
    const requestedAt = this.clock.now();
    const { definitions } = this.supply;
    const request = requestOf(definitions, requested);
    const acquisition = newAcquisition({
      owner: this.owner,
      order: this.#orders,
      priority,
      requestedAt,
      requestedInWorldAt: this.fleet.world.now(),
      deadline: requestedAt + timeoutMs,
      signature: definitions.flatMap(({ key }, i) => ((request?.amounts[i] ?? 0) > 0 ? [key] : [])).join(),
      takesUnits: definitions.some(({ kind }, i) => kind !== 'resource' && (request?.amounts[i] ?? 0) > 0),
    });
    for (const watch of this.fleet.watches) watch.requested?.(acquisition);
    return acquisition;
  }

  async #take({ requested, priority = 0, timeoutMs }: Job): Promise<Holding | undefined> {
    const request = requestOf(this.supply.definitions, requested);
    if (request === undefined) return undefined;
    try {
      return await this.supply.take(request, { priority, timeoutMs, signal: undefined });
    } catch (error) {
      if (error instanceof LimitsError) return undefined;
      throw error;
    }
  }
}

/** Written down anew: the code under test may be wrong about it. */
function comesBack(limit: LimitDefinition): boolean {
  if (limit.kind !== 'rate') return false;
  return limit.unused === undefined
    ? limit.algorithm === 'TokenBucket' || limit.algorithm === 'GCRA'
    : limit.unused === 'returned';
}

function needed({ kind, key }: LimitDefinition, taken: number, used: Amounts): number {
  return kind === 'resource' ? taken : Math.min(taken, used[key] ?? taken);
}

/** Calls and permits are wanted unless a request says otherwise; what no longer exists is not. */
function requestOf(limits: readonly LimitDefinition[], requested: Amounts): Request | undefined {
  const amounts = limits.map(({ key, kind }) => requested[key] ?? (kind === 'rate' ? 0 : 1));
  if (amounts.some((amount, i) => amount > (limits[i]?.adaptive?.min ?? limits[i]?.capacity ?? 0))) return undefined;
  return { amounts, covers: amounts.map((amount) => amount > 0) };
}
