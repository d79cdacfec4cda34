/** Most of them that are asked at once. */
const AT_ONCE = 50;

/** Asks each of many, some at a time, and keeps their order. */
export async function inSlices<T, R>(all: readonly T[], ask: (each: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    answers.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(ask))));
  }
  return answers;
}
