import { describeValue } from '../../errors/describe-value';

/**
 * Plain JSON without the names that each object of a shape would repeat: of an array -1 and its items, of an object the number
 * of its shape and its values, and everything else as it is.
 */
export interface Packed {
  /** The names of the fields, by shape. */
  readonly shapes: readonly (readonly string[])[];
  readonly packed: unknown;
}

const ARRAY = -1;

/** Packs plain JSON, for where there is not enough room for it. {@link unpack} takes it back. */
export function pack(value: unknown): Packed {
  const shapes: (readonly string[])[] = [];
  const known = new Map<string, number>();
  const shapeOf = (names: readonly string[]): number => {
    const key = JSON.stringify(names);
    const shape = known.get(key) ?? shapes.push(names) - 1;
    known.set(key, shape);
    return shape;
  };
  const packed = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return [ARRAY, ...part.map(packed)];
    const fields = Object.entries(part).filter(([, field]) => field !== undefined);
    return [shapeOf(fields.map(([name]) => name)), ...fields.map(([, field]) => packed(field))];
  };
  return { packed: packed(value), shapes };
}

/**
 * Whatever is no {@link Packed} is returned as it is.
 *
 * @throws RangeError if something of it has no shape
 */
export function unpack(value: unknown): unknown {
  const { shapes, packed } = (value ?? {}) as Partial<Packed>;
  if (packed === undefined || !Array.isArray(shapes)) return value;
  const unpacked = (part: unknown): unknown => {
    if (!Array.isArray(part)) return part;
    const [shape, ...fields] = part as readonly unknown[];
    if (shape === ARRAY) return fields.map(unpacked);
    const names: unknown = shapes[shape as number];
    if (!Array.isArray(names))
      throw new RangeError(`Cannot unpack the state: there is no shape ${describeValue(shape)}`);
    return Object.fromEntries(names.map((name, i): [string, unknown] => [String(name), unpacked(fields[i])]));
  };
  return unpacked(packed);
}
