/** Most of them that are asked at once. */
export const AT_ONCE = 50;

/** Asks each of many, some at a time, and keeps their order. */
export async function someAtOnce<T, R>(all: readonly T[], ask: (each: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const left = all.entries();
  const askOnAndOn = async (): Promise<void> => {
    for (const [i, each] of left) answers[i] = await ask(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOnAndOn));
  return answers;
}
