import {
  InvalidAmountError,
  RateAmountRequiredError,
  RequestExceedsCapacityError,
  UnknownLimitError,
} from '../errors/request-errors';
import { largestRequest, unitsOf, type LimitDefinition } from '../definition/definition';
import { at, ROUNDING } from '../vector/vector';

/**
 * Amounts by name: units of rate limits, and keys of call and resource limits, for example `{ input_tokens: 1200,
 * connections: 1 }`. If the limits of a set are written as literals, TypeScript checks the names.
 */
export type Amounts<Key extends string = string> = Readonly<Partial<Record<Key, number | undefined>>>;

/** Amounts in some order, and which places are covered, even with 0. */
interface Covered {
  readonly amounts: readonly number[];
  readonly covers: readonly boolean[];
}

/** A checked request: what it takes of each limit, in the order of the definitions. */
export interface Request extends Covered {
  /** What was requested of each unit, in the order of the form. Left out where each limit counts its own unit. */
  readonly units?: Covered;
}

/** What a request may name. */
interface Unit {
  readonly name: string;
  readonly kind: LimitDefinition['kind'];
}

/** What all requests of the same limits have in common, worked out once rather than for each acquisition. */
export interface RequestForm {
  readonly units: readonly Unit[];
  /** The place of each unit, by its name. */
  readonly places: ReadonlyMap<string, number>;
  /** The units of rate limits: a request must name something if there are any. */
  readonly rates: readonly string[];
  /** What a request takes, and covers, that names nothing. */
  readonly unnamed: Request;
  /** The place and the weight of each unit that a limit counts, by limit; `undefined` where each counts its own. */
  readonly counted: readonly (readonly (readonly [place: number, weight: number])[])[] | undefined;
  /** Whether usage above the request is an error for any of the limits. */
  readonly rejectsOverage: boolean;
}

function checkAmount({ name, kind }: Unit, amount: unknown): number {
  if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) {
    throw new InvalidAmountError(name, amount, 'expected a finite number from 0');
  }
  if (kind !== 'rate' && !Number.isInteger(amount)) {
    throw new InvalidAmountError(
      name,
      amount,
      kind === 'call' ? 'expected a whole number of calls' : 'expected a whole number of permits',
    );
  }
  return amount;
}

/**
 * Turns what a user requested into amounts: every call and resource limit is included with 1 unless named, a rate limit
 * only if one of its units is named. Everything is checked before anything is taken.
 *
 * @throws {@link UnknownLimitError}, {@link InvalidAmountError}, {@link RequestExceedsCapacityError}, and
 *   {@link RateAmountRequiredError} when nothing at all is named of a set with rate limits
 */
export function planRequest(limits: readonly LimitDefinition[], requested: Amounts = {}): Request {
  const form = formOf(limits);
  const unnamed = form.unnamed.units ?? form.unnamed;
  let amounts: number[] | undefined;
  let covers: boolean[] | undefined;
  // every acquisition comes by here: Object.keys would make an array for each
  for (const name in requested) {
    if (!Object.hasOwn(requested, name)) continue;
    const place = form.places.get(name);
    const unit = place === undefined ? undefined : form.units[place];
    if (place === undefined || unit === undefined) throw unknownUnit(limits, name);
    const named = requested[name];
    if (named === undefined) continue;
    amounts ??= unnamed.amounts.slice();
    covers ??= unnamed.covers.slice();
    amounts[place] = checkAmount(unit, named);
    covers[place] = unit.kind === 'rate' || named > 0;
  }
  if (amounts !== undefined && covers !== undefined) return requestOf(limits, form, { amounts, covers });
  if (form.rates.length > 0) throw new RateAmountRequiredError(form.rates);
  withinCapacities(limits, form.unnamed.amounts);
  return form.unnamed;
}

/**
 * A request of one limit alone, in what that limit counts.
 *
 * @throws {@link UnknownLimitError}, {@link InvalidAmountError}, {@link RequestExceedsCapacityError}
 */
export function requestOne(limits: readonly LimitDefinition[], key: string, amount: number): Covered {
  const place = limits.findIndex((limit) => limit.key === key);
  const limit = limits[place];
  if (limit === undefined)
    throw new UnknownLimitError(
      key,
      limits.map((known) => known.key),
    );
  checkAmount({ name: key, kind: limit.kind }, amount);
  const amounts = withinCapacities(
    limits,
    limits.map((_, i) => (i === place ? amount : 0)),
  );
  return { amounts, covers: limits.map((_, i) => i === place) };
}

/**
 * The same request under other definitions: units that are gone are dropped, new call and resource limits are included
 * with 1.
 *
 * @throws {@link RequestExceedsCapacityError} if a limit has become too small for it
 */
export function adaptRequest(
  request: Request,
  from: readonly LimitDefinition[],
  to: readonly LimitDefinition[],
): Request {
  const [before, form] = [formOf(from), formOf(to)];
  const asked = request.units ?? request;
  const amounts = (form.unnamed.units ?? form.unnamed).amounts.slice();
  const covers = (form.unnamed.units ?? form.unnamed).covers.slice();
  form.units.forEach(({ name, kind }, i) => {
    const place = before.places.get(name);
    if (place === undefined || before.units[place]?.kind !== kind) return;
    amounts[i] = at(asked.amounts, place);
    covers[i] = asked.covers[place] ?? false;
  });
  return requestOf(to, form, { amounts, covers });
}

/** @throws {@link RequestExceedsCapacityError} */
function requestOf(limits: readonly LimitDefinition[], { counted }: RequestForm, units: Covered): Request {
  if (counted === undefined) {
    const amounts = withinCapacities(limits, units.amounts);
    return amounts === units.amounts ? units : { ...units, amounts };
  }
  const amounts = withinCapacities(limits, weighed(counted, units.amounts));
  const covers = counted.map((parts) => parts.some(([place]) => units.covers[place]));
  return { amounts, covers, units };
}

/** The same request, with nothing of one call or resource limit. */
export function without(limits: readonly LimitDefinition[], request: Request, index: number): Request {
  const { units } = request;
  const rest = withNothingAt(request, index);
  if (units === undefined) return rest;
  return { ...rest, units: withNothingAt(units, formOf(limits).places.get(limits[index]?.key ?? '') ?? -1) };
}

function withNothingAt({ amounts, covers }: Covered, index: number): Covered {
  return { amounts: amounts.with(index, 0), covers: covers.with(index, false) };
}

/** What units come to in each limit. */
export function weighed(counted: RequestForm['counted'] & {}, units: readonly number[]): number[] {
  return counted.map((parts) => {
    let sum = 0;
    for (const [place, weight] of parts) sum += weight * at(units, place);
    return sum;
  });
}

/**
 * The amounts, once each is found to be within its limit's capacity. What is above it by rounding alone is the capacity.
 *
 * @throws {@link RequestExceedsCapacityError}
 */
function withinCapacities(limits: readonly LimitDefinition[], amounts: readonly number[]): readonly number[] {
  let within = amounts;
  for (let i = 0; i < limits.length; i += 1) {
    const limit = limits[i];
    const amount = at(amounts, i);
    if (limit === undefined || amount <= largestRequest(limit)) continue;
    const most = largestRequest(limit);
    if (amount > most * (1 + ROUNDING)) throw new RequestExceedsCapacityError(limit.key, amount, most);
    within = within.with(i, most);
  }
  return within;
}

function unknownUnit(limits: readonly LimitDefinition[], name: string): UnknownLimitError {
  const limit = limits.find(({ key }) => key === name);
  const counted = limit === undefined ? [] : unitsOf(limit).map(([unit]) => unit);
  return new UnknownLimitError(name, [...formOf(limits).places.keys()], counted);
}

/** By identity: a newer definition is a new list. */
const forms = new WeakMap<readonly LimitDefinition[], RequestForm>();

/** The form of requests of these limits. */
export function formOf(limits: readonly LimitDefinition[]): RequestForm {
  let form = forms.get(limits);
  if (form === undefined) forms.set(limits, (form = newForm(limits)));
  return form;
}

function newForm(limits: readonly LimitDefinition[]): RequestForm {
  const units: Unit[] = [];
  const places = new Map<string, number>();
  const placeOf = (unit: Unit): number => {
    const place = places.get(unit.name) ?? units.push(unit) - 1;
    places.set(unit.name, place);
    return place;
  };
  const counted = limits.map((limit) =>
    limit.kind === 'rate'
      ? unitsOf(limit).map(([name, weight]) => [placeOf({ name, kind: 'rate' }), weight] as const)
      : [[placeOf({ name: limit.key, kind: limit.kind }), 1] as const],
  );
  const isPlain = limits.every((limit) => limit.kind !== 'rate' || limit.counts === undefined);
  const byUnit = {
    amounts: units.map(({ kind }) => (kind === 'rate' ? 0 : 1)),
    covers: units.map(({ kind }) => kind !== 'rate'),
  };
  const unnamed = isPlain
    ? byUnit
    : {
        amounts: weighed(counted, byUnit.amounts),
        covers: limits.map(({ kind }) => kind !== 'rate'),
        units: byUnit,
      };
  return {
    units,
    places,
    rates: units.filter(({ kind }) => kind === 'rate').map(({ name }) => name),
    unnamed,
    counted: isPlain ? undefined : counted,
    rejectsOverage: limits.some((limit) => limit.kind === 'rate' && limit.overage === 'reject'),
  };
}
