import { parseList, Token } from 'structured-headers';
import { LIMIT_HEADERS, momentHintMs, type Present, type ReadHeader } from '../retry/retry-hint';

/** What a provider reports about one of its limits. */
export interface SeenLimit {
  /**
   * The provider's name for it: `requests`, `tokens`, `input-tokens`, the policy of a `RateLimit` field, or `default`.
   */
  readonly name: string;
  /** Units in a window. */
  readonly limit?: number;
  /** Units left in this window. */
  readonly remaining?: number;
  /** Time until the limit has recovered. Unit: milliseconds. */
  readonly resetMs?: number;
}

/** What the headers of an answer say of limits, and how many of the fields could not be read. */
export interface SeenLimits {
  readonly seen: readonly SeenLimit[];
  readonly ignored: number;
}

/** More than any provider reports at once. A longer list is not believed. */
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
    return this.read(text, parseFields) ?? [];
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

/** The items of a list such as `"hour";r=50;t=30, "day";r=900;t=4000` (RFC 9651); nothing if it is none. */
function parseFields(text: string): readonly Item[] | undefined {
  try {
    return parseList(text).flatMap(([value, parameters]): Item[] => {
      const name = typeof value === 'string' || value instanceof Token ? short(String(value)) : undefined;
      return name === undefined ? [] : [{ name, parameters: new Map([...parameters].filter(isAmount)) }];
    });
  } catch {
    return undefined;
  }
}

const isAmount = (parameter: [string, unknown]): parameter is [string, number] =>
  typeof parameter[1] === 'number' && parameter[1] >= 0;

/** A name that is worth remembering. */
function short(name: string | undefined): string | undefined {
  return name === undefined || !/^[ -~]{1,64}$/.test(name) ? undefined : name;
}
