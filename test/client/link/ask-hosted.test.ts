import { askHosted } from '../../../src/client/link/ask-hosted';
import { LimiterUnavailableError, NoLimiterError } from '../../../src/limiter/errors/limiter-errors';

const manyOf = (taskQueue: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ set: `${taskQueue} ${i}`, taskQueue }));

/** Silence takes a turn longer than an answer. */
async function silence(set: string): Promise<never> {
  await new Promise<void>((done) => setImmediate(done));
  throw new LimiterUnavailableError(set, 'it does not answer');
}

it('keeps the order, and has nothing of those that have ended or are silent', async () => {
  const limiters = manyOf('queue', 120);
  const answers = await askHosted(limiters, async ({ set }) => {
    if (set === 'queue 7') throw new NoLimiterError(set);
    return set === 'queue 70' ? silence(set) : set;
  });
  expect(answers).toEqual(limiters.map(({ set }) => (/ 70?$/.test(set) ? undefined : set)));
});

it('does not ask on where nobody answers, but asks all of another task queue', async () => {
  const asked = new Map<string, number>();
  const limiters = [...manyOf('dead', 1_000), ...manyOf('live', 200)];
  const answers = await askHosted(limiters, async ({ set, taskQueue }) => {
    asked.set(taskQueue, (asked.get(taskQueue) ?? 0) + 1);
    return taskQueue === 'dead' ? silence(set) : set;
  });
  expect(answers.filter((answer) => answer !== undefined)).toHaveLength(200);
  expect(asked.get('live')).toBe(200);
  expect(asked.get('dead')).toBeLessThan(101);
});

it('asks on where some are silent and others are not', async () => {
  const limiters = manyOf('queue', 1_000);
  const answers = await askHosted(limiters, async ({ set }) => (/[02468]$/.test(set) ? silence(set) : set));
  expect(answers.filter((answer) => answer !== undefined)).toHaveLength(500);
});

it('fails with any other error', async () => {
  const refused = new Error('refused');
  await expect(askHosted(manyOf('queue', 3), () => Promise.reject(refused))).rejects.toBe(refused);
});
