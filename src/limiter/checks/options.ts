import { describeValue } from '../errors/describe-value';
import { InvalidLimitError } from '../errors/definition-errors';
import { nearest } from './nearest';

/**
 * Refuses what is no plain object, whose entries would be overlooked: those of a `Map` as much as those of a number.
 *
 * @param option What is named by the error
 * @throws InvalidLimitError
 */
export function checkPlainObject(option: string, value: unknown): void {
  if (isPlainObject(value)) return;
  throw new InvalidLimitError(option, `expected a plain object, got ${describeValue(value)}`);
}

/** Whether it is an object as a literal makes them. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // an object of another realm has another Object.prototype, above which there is nothing either
  return !Array.isArray(value) && Object.getPrototypeOf(prototype) === null;
}

/**
 * Refuses options that are not read, because one that is misspelled would mean its default. An option that is
 * `undefined` is left out and may have any name.
 *
 * @param what Whose options they are, for the message
 * @throws InvalidLimitError naming the unknown option; `options` if they are no plain object
 */
export function checkOptions(what: string, options: unknown, known: ReadonlySet<string>): void {
  if (Array.isArray(options))
    throw new InvalidLimitError(
      'options',
      `expected a plain object of options for ${what}, got an array; known are ${[...known].join(', ')}`,
    );
  checkPlainObject('options', options);
  const given = options as Readonly<Record<string, unknown>>;
  // every acquisition comes by here: Object.keys would make an array for each
  for (const key in given) {
    if (known.has(key) || !Object.hasOwn(given, key) || given[key] === undefined) continue;
    throw unknownOption(what, key, [...known]);
  }
}

function unknownOption(what: string, key: string, known: readonly string[]): InvalidLimitError {
  const meant = nearest(key, known);
  const suggestion = meant === undefined ? '' : `did you mean ${meant}? `;
  return new InvalidLimitError(key, `no option of ${what}; ${suggestion}known are ${known.join(', ')}`);
}
