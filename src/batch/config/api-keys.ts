import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * The API key of each set, kept apart from the config: wherever this object ends up (JSON, a log, an error text, a
 * Temporal payload, `structuredClone`), the keys stay in the process that read them, unless it reveals them.
 */
export class ApiKeys {
  readonly #bySet: ReadonlyMap<string, string>;

  constructor(bySet: Iterable<readonly [setName: string, apiKey: string]>) {
    this.#bySet = new Map(bySet);
  }

  /** @throws {RangeError} if there is no set of this name */
  of(setName: string): string {
    const key = this.#bySet.get(setName);
    if (key === undefined) throw new RangeError(`No set is named ${JSON.stringify(setName)}.`);
    return key;
  }

  /** All of them, for a process that is to ask the providers. */
  reveal(): readonly (readonly [setName: string, apiKey: string])[] {
    return [...this.#bySet];
  }

  toJSON(): string {
    return REDACTED;
  }

  toString(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
