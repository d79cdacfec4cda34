import { LIMIT_HEADERS, momentHintMs, type Present, type ReadHeader } from '../retry/retry-hint';

/** What a provider says of one of its limits. */
export interface SeenLimit {
  /** As the provider calls it: `requests`, `tokens`, `input-tokens`, the policy of a `RateLimit` field, or `default`. */
  readonly name: string;
  /** Units in a window. */
  readonly limit?: number;
  /** Units left in this window. */
  readonly remaining?: number;
  /** Until the limit is whole again. Unit: milliseconds. */
  readonly resetMs?: number;
}

/** What the headers of an answer say of limits, and how many of the fields could not be read. */
export interface SeenLimits {
  readonly seen: readonly SeenLimit[];
  readonly ignored: number;
}

/** More than any provider tells of at once; whoever sends more is not believed. */
const MOST_SEEN = 16;
const LONGEST_FIELD = 1_024;
/** A limit or what is left of it. Some providers send 100000.0, and some -1 for no limit, which says nothing. */
const AMOUNT = /^\d{1,15}(?:\.\d{1,6})?$/;

/** Reads what the headers say of limits. What is malformed is left out and counted. */
export function seenLimits(read: ReadHeader, present: Present): SeenLimits {
  const tally = new Tally();
  for (const headers of LIMIT_HEADERS) {
    const [limit, remaining] = [tally.amount(read(headers.limit)), tally.amount(read(headers.remaining))];
    const resetMs = tally.read(read(headers.reset), (text) => momentHintMs(text, present));
    const name = (headers.name === 'default' && short(read('x-ratelimit-resource'))) || headers.name;
    tally.add({ name, limit, remaining, resetMs });
  }
  const quotas = tally.items(read('ratelimit-policy'));
  for (const { name, parameters } of tally.items(read('ratelimit'))) {
    const limit = quotas.find((quota) => quota.name === name)?.parameters.get('q');
    const reset = parameters.get('t');
    tally.add({ name, limit, remaining: parameters.get('r'), resetMs: reset && reset * 1_000 });
  }
  return { seen: tally.seen, ignored: tally.ignored };
}

/** An item of a structured list, and its parameters that are numbers. */
interface Item {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, number>;
}

class Tally {
  readonly seen: SeenLimit[] = [];
  ignored = 0;

  /** Reads a field, if it was sent. */
  read<T>(text: string | undefined, parse: (text: string) => T | undefined): T | undefined {
    if (text === undefined || text.trim() === '') return undefined;
    const value = text.length > LONGEST_FIELD ? undefined : parse(text.trim());
    if (value === undefined) this.ignored += 1;
    return value;
  }

  amount(text: string | undefined): number | undefined {
    return this.read(text, (trimmed) => (AMOUNT.test(trimmed) ? Number(trimmed) : undefined));
  }

  items(text: string | undefined): readonly Item[] {
    return this.read(text, parseList) ?? [];
  }

  add({ name, limit, remaining, resetMs }: { readonly [Key in keyof SeenLimit]: SeenLimit[Key] | undefined }): void {
    if (limit === undefined && remaining === undefined && resetMs === undefined) return;
    if (name === undefined || this.seen.length === MOST_SEEN) return;
    this.seen.push({
      name,
      ...(limit !== undefined && { limit }),
      ...(remaining !== undefined && { remaining }),
      ...(resetMs !== undefined && { resetMs }),
    });
  }
}

/** A string or token, and parameters of which the numbers are kept: what RFC 9651 lets a `RateLimit` field be made of. */
const ITEM =
  /^\s*(?:"((?:[ !#-[\]-~]|\\["\\])*)"|([A-Za-z*][\w!#$%&'*+.^`|~:/-]*))((?:\s*;\s*[a-z*][\w.*-]*(?:=(?:"(?:[ !#-[\]-~]|\\["\\])*"|[^\s",;]+))?)*)\s*(?:,|$)/;
const PARAMETER = /;\s*([a-z*][\w.*-]*)(?:=("(?:[ !#-[\]-~]|\\["\\])*"|[^\s",;]+))?/g;

/** The items of a list such as `"hour";r=50;t=30, "day";r=900;t=4000`; nothing if it is none. */
function parseList(text: string): readonly Item[] | undefined {
  const items: Item[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, quoted, token, parameters = ''] = ITEM.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    const numbers = [...parameters.matchAll(PARAMETER)].flatMap(([, key = '', value = '']): [string, number][] =>
      AMOUNT.test(value) ? [[key, Number(value)]] : [],
    );
    const name = short(quoted?.replace(/\\(.)/g, '$1') ?? token);
    if (name !== undefined) items.push({ name, parameters: new Map(numbers) });
    rest = rest.slice(whole.length);
  }
  return items;
}

/** A name that is worth remembering. */
function short(name: string | undefined): string | undefined {
  return name === undefined || !/^[ -~]{1,64}$/.test(name) ? undefined : name;
}
