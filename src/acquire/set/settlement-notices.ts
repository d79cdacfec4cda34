import { amountText } from '../../limiter/errors/amount-text';

/**
 * What the users of a set should hear about their usage, though it fails nothing: once for each limit, because it would
 * otherwise be said with every call.
 */
export class SettlementNotices {
  readonly #said = new Set<string>();

  /**
   * @param limitSet Name of the set, if it has one.
   * @param warn Where warnings go: this code has no log.
   */
  constructor(
    readonly limitSet: string | undefined,
    readonly warn: (message: string) => void,
  ) {}

  /** More was used of a limit than requested, and charged. */
  fellShort(key: string, requested: number, used: number): void {
    this.#once(
      `short ${key}`,
      () =>
        `${this.#name(key)}: a call used ${amountText(used)} but requested ${amountText(requested)}` +
        `${shortfall(requested, used)}. The excess is charged, so later calls wait for it to recover. ` +
        `Request the most that a call may use. This warning appears once for each limit.`,
    );
  }

  /** A body of `use` ended well, and never reported the usage of these units. */
  notReported(units: readonly string[]): void {
    const names = units.join(', ');
    this.#once(
      `missing ${names}`,
      () =>
        `No usage was reported for ${names}${this.#ofSet}; counting the full request as used. ` +
        `Call update({ usage }) before the body of use ends. This warning appears once.`,
    );
  }

  #once(id: string, message: () => string): void {
    if (this.#said.has(id)) return;
    this.#said.add(id);
    this.warn(message());
  }

  #name(key: string): string {
    return this.limitSet === undefined ? `"${key}"` : `"${key}" of "${this.limitSet}"`;
  }

  get #ofSet(): string {
    return this.limitSet === undefined ? '' : ` of "${this.limitSet}"`;
  }
}

function shortfall(requested: number, used: number): string {
  return requested > 0 ? ` (${Math.round((used / requested - 1) * 100)} % more)` : '';
}
