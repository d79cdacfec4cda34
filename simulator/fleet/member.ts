import type { LeaseClient } from '../../src/acquire/client/lease-client';
import { LeaseHolding, LeaseSupply } from '../../src/acquire/client/lease-supply';
import type { Holding, Timer } from '../../src/acquire/ports';
import type { LimitDefinition, WindowDefinition } from '../../src/limiter/definition/definition';
import { LimitsError } from '../../src/limiter/errors/limits-error';
import { formOf, planRequest, type Amounts, type Request } from '../../src/limiter/request/request';
import { mergeUsage, usedOf } from '../../src/limiter/request/usage';
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
    this.#supply ??= new LeaseSupply(this.client, this.clock);
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
    acquisition.takes = keysOf(holding.definitions, holding.request);
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
  protected start(holding: Holding, used: Amounts): number[] {
    this.fleet.started += 1;
    return weigh(holding, used).map(({ limit, requested, used: needed }) => {
      if (limit.kind === 'resource') return NaN;
      const seen = this.#isNeverCounted(limit) ? Math.min(requested, needed) : requested;
      return this.fleet.providers.arrive(limit.key, seen);
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

  /** What was used is settled with the limiter, and what was not needed with a provider that takes it back. */
  protected settle(holding: Holding, used: Amounts, arrivedAt: readonly number[]): void {
    const { definitions, request } = holding;
    const { providers, watches } = this.fleet;
    weigh(holding, used).forEach(({ limit, requested, used: needed }, i) => {
      if (limit.kind === 'resource') return;
      if (needed > requested) for (const watch of watches) watch.overused?.(limit.key, needed - requested);
      if (needed < requested && comesBack(limit) && !this.#isNeverCounted(limit))
        providers.giveBack(limit.key, requested - needed, arrivedAt[i] ?? 0);
    });
    const usage = mergeUsage(definitions, request, [], usageOf(holding, used));
    usedOf(definitions, request, usage).forEach((amount, i) => {
      if (definitions[i]?.kind === 'rate' && amount !== request.amounts[i]) holding.settle(i, amount);
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
      signature: keysOf(definitions, request),
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

/** The keys of the limits that something is asked of. */
function keysOf(limits: readonly LimitDefinition[], request: Request | undefined): string {
  return limits.flatMap(({ key }, i) => ((request?.amounts[i] ?? 0) > 0 ? [key] : [])).join();
}

/** Written down anew: the code under test may be wrong about it. */
function comesBack(limit: LimitDefinition): boolean {
  if (limit.kind !== 'rate') return false;
  return limit.unused === undefined
    ? limit.algorithm === 'TokenBucket' || limit.algorithm === 'GCRA'
    : limit.unused === 'returned';
}

/** What an acquisition requested of a limit, and what it used. */
interface Weighed {
  readonly limit: LimitDefinition;
  readonly requested: number;
  readonly used: number;
}

/** Weighed anew, as the providers do: the code under test may be wrong about it. */
function weigh(holding: Holding, used: Amounts): Weighed[] {
  const { definitions, request } = holding;
  const requested = unitsOfRequest(holding);
  const usage = usageOf(holding, used);
  return definitions.map((limit, i) => {
    if (limit.kind !== 'rate') return { limit, requested: request.amounts[i] ?? 0, used: request.amounts[i] ?? 0 };
    const sum = (units: Amounts): number =>
      weightsOf(limit).reduce((all, [unit, w]) => all + w * (units[unit] ?? 0), 0);
    return { limit, requested: sum(requested), used: sum({ ...requested, ...usage }) };
  });
}

function weightsOf({ key, counts }: WindowDefinition): readonly (readonly [string, number])[] {
  return counts ?? [[key, 1]];
}

/** What an acquisition reports: of the units that it requested, no more than that where a limit does not charge for it. */
function usageOf(holding: Holding, used: Amounts): Amounts {
  const requested = unitsOfRequest(holding);
  const isCharged = (unit: string): boolean =>
    holding.definitions.every(
      (limit) =>
        limit.kind !== 'rate' || limit.overage === 'charge' || weightsOf(limit).every(([counted]) => counted !== unit),
    );
  const entries = Object.entries(used).flatMap(([unit, amount = 0]) => {
    const most = isCharged(unit) ? Infinity : requested[unit];
    return requested[unit] === undefined || most === undefined ? [] : [[unit, Math.min(amount, most)] as const];
  });
  return Object.fromEntries(entries);
}

/** The units of rate limits that an acquisition requested, by name. */
function unitsOfRequest({ definitions, request }: Holding): Amounts {
  const { amounts, covers } = request.units ?? request;
  const named = formOf(definitions).units.flatMap(({ name, kind }, i) =>
    kind === 'rate' && covers[i] === true ? [[name, amounts[i] ?? 0] as const] : [],
  );
  return Object.fromEntries(named);
}

/** What a job requests under these definitions, if that fits; what no longer exists is left out. */
function requestOf(limits: readonly LimitDefinition[], requested: Amounts): Request | undefined {
  const { places } = formOf(limits);
  const known = Object.entries(requested).filter(([name]) => places.has(name));
  try {
    const request = planRequest(limits, Object.fromEntries(known));
    // more than an adaptive limit may come down to could wait for ever
    const fits = limits.every((limit, i) => (request.amounts[i] ?? 0) <= (limit.adaptive?.min ?? limit.capacity));
    return fits ? request : undefined;
  } catch (error) {
    if (error instanceof LimitsError) return undefined;
    throw error;
  }
}
