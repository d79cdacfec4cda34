import fc from 'fast-check';

/** Names that every object has, or that mean something to the engine. */
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

const oddNumber = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.5,
    1e-300,
    3,
    1e9,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    1e308,
    -1e308,
    NaN,
    Infinity,
    -Infinity,
  ),
  fc.double(),
  fc.integer(),
);

/** Texts that break what was not made for them: halves of characters, control characters, a megabyte. */
export const oddText = fc.oneof(
  fc.constantFrom(...PROTOTYPE_KEYS, '', ' ', '\0', '\ud800', 'a\udfff', '\u202e', '${HOME}', '$${', 'é'.repeat(300)),
  fc.constantFrom('30s', '-1', '1e999', 'NaN', '0x10', 'null', '*a', '&a', '<<', '!!js/function x'),
  fc.constant('x'.repeat(1_000_000)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** A chain of so many lists in each other: more than an engine's stack takes, that of whoever prints it included. */
const deep = (levels: number): unknown => {
  let value: unknown[] = [];
  for (let level = 0; level < levels; level += 1) value = [value];
  return Object.assign(value, { [fc.toStringMethod]: () => `${levels} lists in each other` });
};

const oddThing = fc.constantFrom<unknown>(
  undefined,
  null,
  true,
  1n,
  Symbol('odd'),
  () => 1,
  new Map([['a', 1]]),
  new Date(NaN),
  /x/,
  new WeakMap(),
  Object.create(null),
  { toString: 1, valueOf: 1 },
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  new Array(1e4).fill(1),
  new Array(1e4),
  deep(20_000),
);

const dictionary = (value: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc.array(fc.tuple(oddText, value), { maxLength: 4 }).map((entries): object => Object.fromEntries(entries) as object);

/** Anything at all. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddNumber,
  oddText,
  oddThing,
  fc.array(oddNumber, { maxLength: 5 }),
  fc.array(fc.array(oddNumber, { maxLength: 7 }), { maxLength: 3 }),
  dictionary(oddNumber),
  fc.jsonValue(),
);

/** {@link oddValue}, as it would arrive over the wire; `undefined` where nothing would. */
export const oddJson: fc.Arbitrary<unknown> = oddValue
  .filter((value) => typeof value !== 'bigint')
  .map((value) => {
    try {
      // in a list, because on its own what JSON has no word for is no text
      return (JSON.parse(JSON.stringify([value])) as unknown[])[0];
    } catch {
      return null;
    }
  });

/**
 * Something that was right before a few places of it, at any depth, were replaced, left out, or joined by others: what is
 * nearly right gets further than what is all wrong.
 */
export function mutated(right: unknown, odd: fc.Arbitrary<unknown> = oddValue): fc.Arbitrary<unknown> {
  const change = fc.record({ place: fc.nat(), how: fc.nat(5), key: oddText, odd });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce((value, { place, how, key, odd: strange }) => {
      const places = placesOf(value);
      const path = places[place % places.length] ?? [];
      return changedAt(value, path, how, key, strange);
    }, right),
  );
}

type Path = readonly (string | number)[];

/** No deeper than anything right is: the odd values themselves need no change. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || path.length > 6) return [path];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.slice(0, 20).map((item, i) => [i, item])
    : Object.entries(value).slice(0, 40);
  return [path, ...entries.flatMap(([key, item]) => placesOf(item, [...path, key]))];
}

function changedAt(value: unknown, path: Path, how: number, key: string, odd: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined)
    return how < 4 || typeof value !== 'object' || value === null ? odd : joined(value, key, odd);
  if (Array.isArray(value)) {
    if (rest.length === 0 && how === 0) return value.filter((_, i) => i !== first);
    return value.map((item: unknown, i) => (i === first ? changedAt(item, rest, how, key, odd) : item));
  }
  const entries = Object.entries(value as object);
  const changed = entries.flatMap(([name, item]) => {
    if (name !== first) return [[name, item]];
    return rest.length === 0 && how === 0 ? [] : [[name, changedAt(item, rest, how, key, odd)]];
  });
  return Object.fromEntries(changed);
}

function joined(value: object, key: string, odd: unknown): unknown {
  return Array.isArray(value)
    ? [...(value as unknown[]), odd]
    : Object.fromEntries([...Object.entries(value), [key, odd]]);
}

/** A text of which a piece was replaced by another. */
export const spliced = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(12),
      fc.oneof(oddText, fc.constantFrom('['.repeat(2_000), '\t', '{', ']', '"', ': ', '\n- ', '*a', '!!')),
    )
    .map(([at, length, odd]) => text.slice(0, at) + odd + text.slice(at + length));
