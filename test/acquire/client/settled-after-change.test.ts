import { RateLimit, ResourceLimit, type Limit } from '../../../src/limiter/definition/limits';
import { VirtualLimiter } from '../../support/virtual-limiter';

const tokens = (options: Partial<ConstructorParameters<typeof RateLimit>[0]> = {}): Limit =>
  new RateLimit({
    key: 'tokens',
    capacity: 100,
    windowSeconds: 60,
    algorithm: 'SlidingWindow',
    unused: 'returned',
    ...options,
  });
const permits = new ResourceLimit({ key: 'permits', capacity: 3 });

/** Acquires 50 tokens, has the limits redefined, and uses 90. Says what is available once the limiter has heard of it. */
async function across(changes: readonly (readonly Limit[])[]): Promise<number | undefined> {
  const limiter = new VirtualLimiter([tokens()]);
  const { clock } = limiter;
  const { set } = limiter.process();
  const acquiring = set.acquire({ requested: { tokens: 50 } });
  await clock.advance(100);
  const slot = await acquiring;
  for (const [i, limits] of changes.entries()) {
    await clock.advance(1_000);
    limiter.redefine(limits, i + 2);
  }
  await clock.advance(1_000);
  slot.update({ usage: { tokens: 90 } });
  await slot.release();
  await clock.advance(5_000);
  return limiter.available('tokens');
}

it.each([
  { what: 'another limit has come', changes: [[permits, tokens()]], left: 10 },
  { what: 'that has gone again', changes: [[permits, tokens()], [tokens()]], left: 10 },
  { what: 'its capacity has changed', changes: [[tokens({ capacity: 200 })]], left: 110 },
  { what: 'the limit has gone', changes: [[permits]], left: undefined },
])('what was used above a request is charged although $what', async ({ changes, left }) => {
  expect(await across(changes)).toBe(left);
});
