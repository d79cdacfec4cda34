import { paceOf } from '../../../src/batch/run/pace';
import { type LimitJSON } from '../../../src/limiter/definition/limits';
import { type IndexedItem, type PacedWindow } from '../../../src/workflows/batch/batch-protocol';

const items: IndexedItem[] = [10, 30].map((inputTokens) => ({
  ...{ id: String(inputTokens), offset: 0, length: 1, maxTokens: 5, inputTokens },
}));

const calls: LimitJSON = { kind: 'call', windowSeconds: 10, capacity: 60 };
const tokens: LimitJSON = { kind: 'rate', key: 'input_tokens', windowSeconds: 60, capacity: 1_200 };
const permits = (capacity: number): LimitJSON => ({ kind: 'resource', key: 'connections', capacity });
const window = (most: number, seconds: number): PacedWindow => ({ items: most, seconds, isBurst: true });
const even = (most: number, seconds: number): PacedWindow => ({ items: most, seconds, isBurst: false });

it.each<[string, LimitJSON[], number, PacedWindow[]]>([
  ['a window of calls', [calls], 6, [window(60, 10)]],
  ['each limit, in average items', [calls, tokens], 1, [window(60, 10), window(60, 60)]],
  ['a window where there are more permits', [calls, permits(60)], 6, [window(60, 10)]],
  ['by permits, where they bound what starts at once', [calls, permits(20)], 6, [even(20, 20 / 6)]],
  ['one by one, what starts while a group is done', [{ ...calls, algorithm: 'TokenBucket' }], 6, [even(12, 2)]],
  ['short windows, as many as a group takes', [{ ...calls, windowSeconds: 0.75 }], 80, [window(180, 2.25)]],
  ['a fixed window', [{ ...calls, algorithm: 'FixedWindow' }], 6, [window(60, 10)]],
  ['permits alone, in proportion', [permits(8), permits(4)], 4, [even(8, 2)]],
  ['no limit', [], 200, [even(400, 2)]],
  ['no limit of which the items take something', [{ ...tokens, key: 'images' }], 200, [even(400, 2)]],
])('tells how fast a set is, and its windows: %s', (_what, limits, speed, windows) => {
  const pace = paceOf(limits, items, 1);
  expect(pace.speed).toBeCloseTo(speed, 9);
  expect(pace.windows).toEqual(
    windows.map(({ items: most, seconds, isBurst }) => ({
      items: expect.closeTo(most, 9) as number,
      seconds: expect.closeTo(seconds, 9) as number,
      isBurst,
    })),
  );
});

it('has partitions share the windows', () => {
  expect(paceOf([calls], items, 3)).toEqual({ speed: 6, windows: [window(20, 10)] });
});
