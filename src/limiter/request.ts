import type { LimitDefinition } from './definition';
import { InvalidAmountError } from './errors/invalid-amount-error';
import { RateAmountRequiredError } from './errors/rate-amount-required-error';
import { RequestExceedsCapacityError } from './errors/request-exceeds-capacity-error';
import { UnknownLimitError } from './errors/unknown-limit-error';

/** Units or permits by the key of their limit. */
export type Amounts = Readonly<Record<string, number>>;

/** A checked request: what it takes of each limit, in the order of the definitions. */
export interface Request {
  /** 0 where the limit is left out. */
  readonly amounts: readonly number[];
  /** Which limits the acquisition covers, even with 0. */
  readonly covers: readonly boolean[];
}

function checkAmount(limit: LimitDefinition, amount: unknown): number {
  if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) {
    throw new InvalidAmountError(limit.key, amount, 'expected a finite number from 0');
  }
  if (limit.kind !== 'rate' && !Number.isInteger(amount)) {
    throw new InvalidAmountError(limit.key, amount, limit.kind === 'call' ? 'calls are whole' : 'permits are whole');
  }
  if (amount > limit.capacity) throw new RequestExceedsCapacityError(limit.key, amount, limit.capacity);
  return amount;
}

function checkKeys(limits: readonly LimitDefinition[], requested: Amounts): void {
  for (const key of Object.keys(requested)) {
    if (!limits.some((limit) => limit.key === key)) {
      throw new UnknownLimitError(
        key,
        limits.map((limit) => limit.key),
      );
    }
  }
}

/**
 * Turns what a user requested into amounts: every call and resource limit is included with 1 unless named, a rate limit
 * only if named. Everything is checked before anything is taken.
 *
 * @throws {@link UnknownLimitError}, {@link InvalidAmountError}, {@link RequestExceedsCapacityError}, and
 *   {@link RateAmountRequiredError} when nothing at all is named of a set with rate limits
 */
export function planRequest(limits: readonly LimitDefinition[], requested: Amounts = {}): Request {
  checkKeys(limits, requested);
  const amounts: number[] = [];
  const covers: boolean[] = [];
  let named = 0;
  let rates = 0;
  for (const limit of limits) {
    const isNamed = Object.hasOwn(requested, limit.key) && requested[limit.key] !== undefined;
    if (isNamed) named += 1;
    if (limit.kind === 'rate') rates += 1;
    if (isNamed) {
      const amount = checkAmount(limit, requested[limit.key]);
      amounts.push(amount);
      covers.push(limit.kind === 'rate' || amount > 0);
    } else {
      amounts.push(limit.kind === 'rate' ? 0 : 1);
      covers.push(limit.kind !== 'rate');
    }
  }
  if (rates > 0 && named === 0) {
    throw new RateAmountRequiredError(limits.filter((limit) => limit.kind === 'rate').map((limit) => limit.key));
  }
  return { amounts, covers };
}

/**
 * The same request under other definitions: limits that are gone are dropped, new call and resource limits are included
 * with 1.
 *
 * @throws {@link RequestExceedsCapacityError} if a limit has become too small for it
 */
export function adaptRequest(
  request: Request,
  from: readonly LimitDefinition[],
  to: readonly LimitDefinition[],
): Request {
  const amounts = to.map((limit) => {
    const index = from.findIndex(({ key, kind }) => key === limit.key && kind === limit.kind);
    const amount = index < 0 ? (limit.kind === 'rate' ? 0 : 1) : (request.amounts[index] ?? 0);
    return checkAmount(limit, amount);
  });
  return { amounts, covers: to.map((limit, i) => (amounts[i] ?? 0) > 0 || coversBefore(request, from, limit)) };
}

function coversBefore(request: Request, from: readonly LimitDefinition[], limit: LimitDefinition): boolean {
  return request.covers[from.findIndex(({ key, kind }) => key === limit.key && kind === limit.kind)] ?? false;
}
