import type { LimitDefinition } from './definition';

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
