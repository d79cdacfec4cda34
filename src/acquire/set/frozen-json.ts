import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { isPlainObject } from '../../limiter/checks/options';

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A plain JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

/** Deeper than any config, and shallow enough for a reader's stack. */
const MAX_LEVELS = 100;

function frozenJson(option: string, value: unknown, above: readonly unknown[] = []): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object') throw notJson(option, typeof value === 'number' ? String(value) : typeof value);
  if (above.includes(value)) throw notJson(option, 'a cycle');
  if (above.length === MAX_LEVELS) throw notJson(option.slice(0, 40), `more than ${MAX_LEVELS} levels`);
  const path = [...above, value];
  if (Array.isArray(value)) return Object.freeze(value.map((item, i) => frozenJson(`${option}[${i}]`, item, path)));
  if (!isPlainObject(value)) throw notJson(option, describeValue(value));
  return frozenObject(option, value, path);
}

/**
 * A deep-frozen deep copy of an object, which may be handed to anybody; entries that are `undefined` are left out.
 *
 * @param option Where the object stands, named by the error; never a value, which may be a key
 * @throws InvalidLimitError at the first value that JSON cannot carry
 */
export function frozenObject(option: string, value: object, path: readonly unknown[] = []): JsonObject {
  if (typeof value !== 'object' || Array.isArray(value)) throw notJson(option, 'no object');
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // fromEntries defines, where an assignment to `__proto__` would set the prototype
  return Object.freeze(
    Object.fromEntries(entries.map(([key, item]) => [key, frozenJson(`${option}.${key}`, item, path)])),
  );
}

function notJson(option: string, found: string): InvalidLimitError {
  return new InvalidLimitError(option, `expected plain JSON, found ${found}`);
}
