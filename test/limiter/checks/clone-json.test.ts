import fc from 'fast-check';
import { cloneJSON } from '../../../src/limiter/checks/clone-json';

/** Every object and array in it. */
function partsOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(partsOf)];
}

test('is equal, and shares nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = cloneJSON(value);
      expect(copy).toEqual(value);
      const parts = new Set(partsOf(value));
      expect(partsOf(copy).filter((part) => parts.has(part))).toEqual([]);
      expect(partsOf(copy)).toHaveLength(parts.size);
    }),
  );
});

test('takes any name of a field for a name', () => {
  const text = '{"__proto__":{"a":1}}';
  expect(JSON.stringify(cloneJSON(JSON.parse(text)))).toBe(text);
});
