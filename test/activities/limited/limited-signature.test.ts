import { limited } from '../../../src/activities/index';

/** What the compiler must accept stands there bare, what it must refuse behind `@ts-expect-error`. */
describe('limited keeps the signature of its activity', () => {
  it('with optional and default parameters', async () => {
    const complete = limited(async (prompt: string, most = 5, suffix?: string) => `${prompt}${most}${suffix ?? ''}`, {
      requested: (prompt) => ({ tokens: prompt.length }),
    });
    expect([await complete('a'), await complete('a', 7), await complete('a', 7, '!')]).toEqual(['a5', 'a7', 'a7!']);
    // @ts-expect-error -- the first is required
    const mistaken = (): unknown => complete();
    expect(mistaken).toBeDefined();
  });

  it('with type parameters', async () => {
    const first = limited(async <T>(items: readonly T[]): Promise<T | undefined> => items[0]);
    const found: number | undefined = await first([4]);
    expect(found).toBe(4);
  });

  it('with what it is called on', async () => {
    const account = {
      rate: 3,
      double: limited(async function (this: { rate: number }, by: number): Promise<number> {
        return this.rate * by;
      }),
    };
    expect(await account.double(2)).toBe(6);
  });

  it('and makes a promise of what is none', async () => {
    const length = limited((text: string, from?: number) => text.slice(from).length, { usage: (n) => ({ chars: n }) });
    const result: Promise<number> = length('four', 1);
    expect(await result).toBe(3);
  });
});
