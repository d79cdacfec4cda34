/** A value for an error message: texts quoted, so that `"2"` is not taken for 2; of objects only the kind: what is in them may be secret. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object' || value === null) return String(value);
  const { constructor: maker } = value as { readonly constructor?: unknown };
  return typeof maker === 'function' && maker.name !== 'Object' ? `an instance of ${maker.name}` : 'an object';
}
