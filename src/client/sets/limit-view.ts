import type { LimitDefinition } from '../../limiter/definition/definition';
import { UnknownLimitError } from '../../limiter/errors/request-errors';
import type { LimitStats } from '../../limiter/ledger/ledger';
import type { Limit } from '../../limiter/definition/limits';
import { requestOne } from '../../limiter/request/request';
import { validateUsage } from '../../limiter/request/usage';
import type { Backend } from '../backends/backend';

/**
 * One limit of a set, to inspect without acquiring anything.
 *
 * @example
 * const tokens = limits.get('input_tokens');
 * if (!tokens.canAcquire(800)) console.log(`${(await tokens.getStats()).available} of ${tokens.capacity} are free`);
 */
export class LimitView {
  /** The limit as it was defined. */
  readonly definition: Limit;
  readonly #backend: () => Backend;

  /** Made by `LimitSet.get`. */
  constructor(definition: Limit, backend: () => Backend) {
    this.definition = definition;
    this.#backend = backend;
  }

  /** Name of the limit. */
  get key(): string {
    return this.definition.key;
  }

  /** Units per window, or permits. */
  get capacity(): number {
    return this.definition.capacity;
  }

  /**
   * Whether this amount could be acquired now, regardless of the set's other limits. In Temporal mode, it considers
   * what this process was granted and does not use. If that is not enough, an `acquire` asks the limiter for more.
   *
   * @param amount Units or permits, as this limit counts them. @default 1
   * @throws {@link InvalidAmountError}, {@link RequestExceedsCapacityError}; {@link UnknownLimitError} if a newer
   *   definition has removed the limit
   */
  canAcquire(amount = 1): boolean {
    const backend = this.#backend();
    return backend.expectedWaitMs(requestOne(backend.definitions, this.key, amount)) === 0;
  }

  /**
   * Checks a usage as `update` would.
   *
   * @throws {@link InvalidUsageError}, {@link UsageExceedsRequestedError}
   */
  validateUsage(requested: number, usage: number): void {
    const { definitions } = this.#backend();
    validateUsage(this.#find(definitions), requested, usage);
  }

  /** How much of the limit is in use. In Temporal mode, by all processes. */
  async getStats(): Promise<LimitStats> {
    const { limits } = await this.#backend().stats();
    const stats = limits[this.key];
    if (stats === undefined) throw new UnknownLimitError(this.key, Object.keys(limits));
    return stats;
  }

  #find(definitions: readonly LimitDefinition[]): LimitDefinition {
    const found = definitions.find(({ key }) => key === this.key);
    // a newer definition of the set may have arrived meanwhile, without this limit
    if (found === undefined)
      throw new UnknownLimitError(
        this.key,
        definitions.map(({ key }) => key),
      );
    return found;
  }
}
