/** Repeatable randomness: the same seed gives the same numbers from 0 to 1. Source: T. Ettinger's mulberry32. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Randomness of its own for each purpose: what one of them draws, or that it is left out, changes nothing for the
 * others. Without that, a failing scenario could not be made smaller piece by piece.
 */
export function streamOf(seed: number, purpose: string): () => number {
  let mixed = seed | 0;
  for (let i = 0; i < purpose.length; i += 1) mixed = Math.imul(mixed ^ purpose.charCodeAt(i), 0x01000193) + 0x9e3779b9;
  return seeded(mixed);
}

/** One of the items, all alike. */
export function pick<T>(random: () => number, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to choose from');
  return item;
}

/** A number between two, small ones and large ones alike likely. */
export function spread(random: () => number, least: number, most: number): number {
  return least * (most / least) ** random();
}
