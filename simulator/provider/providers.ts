import type { SetDefinition } from '../../src/limiter/definition/definition';
import { EPOCH, type VirtualClock } from '../world/virtual-clock';
import { PermitCount } from './permit-count';
import { Provider } from './provider';

/** What a provider says of a limit is off by so much at most: its capacity and what is left of it are rounded. */
export const ROUNDING = 0.001;

/** A moment of today has no digits for less than that. Unit: milliseconds. */
const DIGIT_MS = 0.001;

/** What happens at the providers; each is called right after it has happened. */
export interface ProviderWatch {
  /** Units reached their provider; by so much its capacity is exceeded. */
  arrived?(key: string, amount: number, excess: number): void;
  /** Others have used so much of the account. */
  usedByOthers?(key: string, amount: number): void;
  /** Permits are used, or (negative) no longer; there are so many too many in use. */
  permitsUsed?(key: string, amount: number, excess: number): void;
}

interface ProvidersOptions {
  readonly world: VirtualClock;
  readonly random: () => number;
  /** A request takes no longer than this to its provider. Unit: milliseconds. */
  readonly guardMs: number;
  readonly watches: readonly ProviderWatch[];
}

/** The providers behind a limit set: each limit is counted strictly, by the definition that the limiter goes by. */
export class Providers {
  /** Counts of units, by limit. */
  readonly units = new Map<string, Provider>();
  /** Permits in use, by limit. */
  readonly permits = new Map<string, PermitCount>();

  /** How many times as large as it is the provider says that each limit is. */
  saidTimes = 1;

  constructor(readonly options: ProvidersOptions) {}

  /** The limiter goes by this definition from now on. */
  define({ limits, timing }: SetDefinition): void {
    for (const defined of limits) {
      // an adaptive limit may rise to its maximum: only more than that is an excess
      const limit = { ...defined, capacity: defined.adaptive?.max ?? defined.capacity };
      const { key, capacity } = limit;
      const provider = this.units.get(key);
      if (provider === undefined) this.units.set(key, new Provider(limit));
      else provider.redefine(limit, this.#now);
      if (limit.kind !== 'resource') continue;
      const count = this.permits.get(key);
      if (count === undefined) this.permits.set(key, new PermitCount(capacity));
      else count.redefine(capacity, timing.leaseMs, this.options.world.now());
    }
  }

  /** A request of so many units reaches its provider a little later; says when. */
  arrive(key: string, amount: number): number {
    const { world, random, guardMs } = this.options;
    const delayMs = random() * guardMs;
    world.after(delayMs, () => this.#arrived(key, amount));
    return this.#now + delayMs;
  }

  /** Resolves once requests that reach their providers at these moments may have been answered. */
  answered(arrivedAt: readonly number[]): Promise<void> {
    return this.options.world.sleep(this.#latest(arrivedAt) - this.#now + DIGIT_MS);
  }

  /** Whether requests that reach their providers at these moments have done so. */
  haveArrived(arrivedAt: readonly number[]): boolean {
    return this.#latest(arrivedAt) === this.#now;
  }

  /** The last of these moments that is still to come; now if none is. */
  #latest(arrivedAt: readonly number[]): number {
    return arrivedAt.reduce((most, at) => (at > most ? at : most), this.#now);
  }

  /** Units that were not needed are given back to a provider that takes them, once it has seen them. */
  giveBack(key: string, amount: number, arrivedAt: number): void {
    const waitMs = Math.max(0, arrivedAt - this.#now) + DIGIT_MS;
    this.options.world.after(waitMs, () => this.#gaveBack(key, amount, arrivedAt));
  }

  /** Others use a share of each capacity, perhaps none, besides what this fleet does. */
  useByOthers(share: () => number): void {
    for (const [key, provider] of this.units) {
      const amount = share() * provider.capacity;
      provider.useByOthers(this.#now, amount);
      for (const watch of this.options.watches) watch.usedByOthers?.(key, amount);
    }
  }

  /** Answers as a provider does that says what is left for everybody. */
  tell(): object {
    const limits = [...this.units].flatMap(([key, provider]) => {
      const left = provider.remaining(this.#now);
      return left === undefined ? [] : [{ key, ...left }];
    });
    return {
      status: limits.some(({ remaining }) => remaining < 0) ? 429 : 200,
      headers: {
        // rounded up: the largest request of a limit that follows its provider still fits
        'ratelimit-policy': limits
          .map(({ key, limit }) => `"${key}";q=${decimal(limit * this.saidTimes + ROUNDING / 2)}`)
          .join(', '),
        ratelimit: limits.map(({ key, remaining }) => `"${key}";r=${decimal(Math.max(0, remaining))}`).join(', '),
      },
    };
  }

  /** The limiter has just been told of usage above a request, when it had promised so much. */
  charge(key: string, amount: number, held: number): void {
    // it reads the time in whole milliseconds
    this.units.get(key)?.charge(Math.floor(this.#now), amount, held);
  }

  usePermits(key: string, amount: number): void {
    const count = this.permits.get(key);
    if (count === undefined || amount === 0) return;
    const excess = count.use(amount, this.options.world.now());
    for (const watch of this.options.watches) watch.permitsUsed?.(key, amount, excess);
  }

  /** How far the worst window of any provider was above its capacity, in units; not above 0 if all is well. */
  worstExcess(): number {
    return Math.max(-Infinity, ...[...this.units.values()].map(({ worst }) => worst));
  }

  get #now(): number {
    return EPOCH + this.options.world.now();
  }

  #gaveBack(key: string, amount: number, arrivedAt: number): void {
    const excess = this.units.get(key)?.giveBack(this.#now, amount, arrivedAt);
    if (excess !== undefined) for (const watch of this.options.watches) watch.arrived?.(key, -amount, excess);
  }

  #arrived(key: string, amount: number): void {
    const excess = this.units.get(key)?.arrive(this.#now, amount);
    if (excess !== undefined) for (const watch of this.options.watches) watch.arrived?.(key, amount, excess);
  }
}

/** As a structured field has it (RFC 9651): three digits after the point, hence rounded by {@link ROUNDING} at most. */
function decimal(value: number): string {
  return value.toFixed(3);
}
