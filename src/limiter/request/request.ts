import {
  InvalidAmountError,
  RateAmountRequiredError,
  RequestExceedsCapacityError,
  UnknownLimitError,
} from '../errors/request-errors';
import type { LimitDefinition } from '../definition/definition';
import { at } from '../vector/vector';

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

/**
 * Turns what a user requested into amounts: every call and resource limit is included with 1 unless named, a rate limit
 * only if named. Everything is checked before anything is taken.
 *
 * @throws {@link UnknownLimitError}, {@link InvalidAmountError}, {@link RequestExceedsCapacityError}, and
 *   {@link RateAmountRequiredError} when nothing at all is named of a set with rate limits
 */
export function planRequest(limits: readonly LimitDefinition[], requested: Amounts = {}): Request {
  const { places, rates, unnamed, hasSmall } = formOf(limits);
  let amounts: number[] | undefined;
  let covers: boolean[] | undefined;
  // every acquisition comes by here: Object.keys would make an array for each
  for (const key in requested) {
    if (!Object.hasOwn(requested, key)) continue;
    const place = places.get(key);
    const limit = place === undefined ? undefined : limits[place];
    if (place === undefined || limit === undefined) throw new UnknownLimitError(key, [...places.keys()]);
    const named = requested[key];
    if (named === undefined) continue;
    const amount = checkAmount(limit, named);
    amounts ??= unnamed.amounts.slice();
    covers ??= unnamed.covers.slice();
    amounts[place] = amount;
    covers[place] = limit.kind === 'rate' || amount > 0;
  }
  if (hasSmall) limits.forEach((limit, i) => checkAmount(limit, (amounts ?? unnamed.amounts)[i]));
  if (amounts !== undefined && covers !== undefined) return { amounts, covers };
  if (rates.length > 0) throw new RateAmountRequiredError(rates);
  return unnamed;
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
    const amount = index < 0 ? (limit.kind === 'rate' ? 0 : 1) : at(request.amounts, index);
    return checkAmount(limit, amount);
  });
  return { amounts, covers: to.map((limit, i) => at(amounts, i) > 0 || coversBefore(request, from, limit)) };
}

function coversBefore(request: Request, from: readonly LimitDefinition[], limit: LimitDefinition): boolean {
  return request.covers[from.findIndex(({ key, kind }) => key === limit.key && kind === limit.kind)] ?? false;
}

/** What all requests of the same limits have in common, worked out once rather than for each acquisition. */
export interface RequestForm {
  /** The place of each limit, by its key. */
  readonly places: ReadonlyMap<string, number>;
  /** The keys of the rate limits: a request must name something if there are any. */
  readonly rates: readonly string[];
  /** What is taken, and what is covered, of limits that are not named. */
  readonly unnamed: { readonly amounts: readonly number[]; readonly covers: readonly boolean[] };
  /** Whether one of a limit that is not named may be more than its capacity. */
  readonly hasSmall: boolean;
}

/** By identity: a newer definition is a new list. */
const forms = new WeakMap<readonly LimitDefinition[], RequestForm>();

/** The form of requests of these limits. */
export function formOf(limits: readonly LimitDefinition[]): RequestForm {
  let form = forms.get(limits);
  if (form === undefined) {
    form = {
      places: new Map(limits.map(({ key }, i) => [key, i])),
      rates: limits.filter(({ kind }) => kind === 'rate').map(({ key }) => key),
      unnamed: {
        amounts: limits.map(({ kind }) => (kind === 'rate' ? 0 : 1)),
        covers: limits.map(({ kind }) => kind !== 'rate'),
      },
      hasSmall: limits.some(({ kind, capacity }) => kind !== 'rate' && capacity < 1),
    };
    forms.set(limits, form);
  }
  return form;
}
