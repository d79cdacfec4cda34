import { parseArgs } from 'node:util';

/** What a script is asked for. What makes no sense ends it before anything happens, with what is wrong and how it is used. */
export function commandLine<T>(read: (args: readonly string[]) => T, usage: string): T {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return process.exit(2);
  }
}

/** The options of a script that takes nothing but whole numbers from 1, each with a default. */
export function numericOptions<K extends string>(defaults: Readonly<Record<K, number>>): Readonly<Record<K, number>> {
  const names = Object.keys(defaults) as K[];
  const read = (args: readonly string[]): Readonly<Record<K, number>> => {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const));
    const { values } = parseArgs({ args: [...args], options });
    const given = names.flatMap((name) => {
      const text = values[name];
      return text === undefined ? [] : [[name, wholeOf(name, text)] as const];
    });
    return { ...defaults, ...Object.fromEntries(given) };
  };
  return commandLine(read, `options: ${names.map((name) => `--${name} ${defaults[name]}`).join(' ')}`);
}

/** What a script is asked for that tries some things for a while. */
export interface Trial {
  /** Words of `--only`; nothing where all are meant. */
  readonly only: readonly string[] | undefined;
  readonly seconds: number;
  readonly seed: number;
}

/** Reads `--only`, `--seconds` and `--seed`, which is another one each time unless given. @throws Error that says what is wrong */
export function readTrial(args: readonly string[], defaultSeconds: number): Trial {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: String(defaultSeconds) },
      seed: { type: 'string', default: String(1 + (Date.now() % 2 ** 31)) },
    },
  });
  return {
    only: values.only?.split(','),
    seconds: numberOf('seconds', values.seconds),
    seed: wholeOf('seed', values.seed),
  };
}

/** @throws Error that says what is wrong */
export function numberOf(option: string, text: string): number {
  return checked(option, text, 'a number from 0', (value) => Number.isFinite(value) && value >= 0);
}

/** @throws Error that says what is wrong */
export function wholeOf(option: string, text: string): number {
  return checked(option, text, 'a whole number from 1', (value) => Number.isSafeInteger(value) && value >= 1);
}

/** What a word stands for. @throws Error that says which words there are */
export function oneOf<T>(option: string, word: string, known: Readonly<Record<string, T>>): T {
  for (const [name, meaning] of Object.entries(known)) if (name === word) return meaning;
  throw new Error(`--${option}: '${word}' is none of ${Object.keys(known).join(', ')}`);
}

function checked(option: string, text: string, expected: string, isRight: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && isRight(value)) return value;
  throw new Error(`--${option}: expected ${expected}, got '${text}'`);
}
