import { SharedAnswers } from '../../../src/batch/dashboard/shared-answers';

/** Answers by number, when the test says so. */
function desk(keepMs = 1_000) {
  const clock = { ms: 0 };
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const answers = new SharedAnswers<string>(
    () => new Promise((resolve, reject) => open.push({ resolve, reject })),
    () => keepMs,
    () => clock.ms,
  );
  return { answers, open, clock };
}

test('those who ask at once share one answer', async () => {
  const { answers, open } = desk();
  const both = [answers.get('a'), answers.get('a')];
  open[0]!.resolve('one');
  expect(await Promise.all(both)).toEqual(['one', 'one']);
  expect(open).toHaveLength(1);
});

test('an answer is kept for as long as it is fresh', async () => {
  const { answers, open, clock } = desk();
  const first = answers.get('a');
  open[0]!.resolve('one');
  expect(await first).toBe('one');
  clock.ms = 999;
  expect(await answers.get('a')).toBe('one');
  clock.ms = 1_000;
  const second = answers.get('a');
  open[1]!.resolve('two');
  expect(await second).toBe('two');
});

test('an answer that has expired is asked for anew', async () => {
  const { answers, open } = desk();
  const first = answers.get('a');
  open[0]!.resolve('one');
  await first;
  answers.expire();
  void answers.get('a');
  expect(open).toHaveLength(2);
});

test('who has no patience gets what was known, and asks all the same', async () => {
  const { answers, open, clock } = desk();
  expect(await answers.within('a', 0)).toBeUndefined();
  open[0]!.resolve('one');
  expect(await answers.within('a', 60_000)).toBe('one');
  clock.ms = 1_000;
  expect(await answers.within('a', 0)).toBe('one');
  expect(open).toHaveLength(2);
});

test('who has no patience does not get what was known long ago', async () => {
  const { answers, open, clock } = desk();
  const first = answers.get('a');
  open[0]!.resolve('one');
  await first;
  clock.ms = 5_999;
  expect(await answers.within('a', 0)).toBe('one');
  clock.ms = 6_000;
  expect(await answers.within('a', 0)).toBeUndefined();
  expect(open).toHaveLength(2);
});

test('a failure is kept for a second, however long an answer is', async () => {
  const { answers, open, clock } = desk(60_000);
  const first = answers.get('a');
  open[0]!.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect(answers.within('a', 0)).rejects.toThrow('away');
  clock.ms = 1_000;
  const second = answers.within('a', 60_000);
  open[1]!.resolve('back');
  expect(await second).toBe('back');
});

test('how long an answer is kept follows from how long it took', async () => {
  const clock = { ms: 0 };
  const ask = jest.fn(async () => void (clock.ms += 500));
  const answers = new SharedAnswers(
    ask,
    (tookMs) => 10 * tookMs,
    () => clock.ms,
  );
  await answers.get('a');
  clock.ms = 5_499;
  await answers.get('a');
  expect(ask).toHaveBeenCalledTimes(1);
  clock.ms = 5_500;
  await answers.get('a');
  expect(ask).toHaveBeenCalledTimes(2);
});
