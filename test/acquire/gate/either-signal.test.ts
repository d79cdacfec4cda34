import { getEventListeners } from 'node:events';
import { withEitherSignal } from '../../../src/acquire/gate/either-signal';
import { numLeft } from '../../support/garbage';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

it.each([0, 1])('aborts with either of two signals, for its reason', async (which) => {
  const both = [new AbortController(), new AbortController()] as const;
  const running = withEitherSignal(both[0].signal, both[1].signal, untilAborted);
  const ended = expect(running).rejects.toThrow('enough');
  both[which]?.abort(new Error('enough'));
  both[1 - which]?.abort(new Error('later'));
  await ended;
});

it('has aborted where one has, and passes a single one on as it is', async () => {
  const { signal } = new AbortController();
  const aborted = AbortSignal.abort('before');
  const reasonOf = async (given: AbortSignal) => [given.aborted, given.reason as unknown];
  expect(await withEitherSignal(signal, aborted, reasonOf)).toEqual([true, 'before']);
  expect(await withEitherSignal(aborted, signal, reasonOf)).toEqual([true, 'before']);
  expect(await withEitherSignal(undefined, signal, async (given) => given === signal)).toBe(true);
});

it('leaves nothing behind in signals that live on, also where somebody listens and never stops', async () => {
  const lasting = new AbortController().signal;
  const seen: WeakRef<object>[] = [];
  for (let i = 0; i < 100; i += 1) {
    const fails = i % 2 === 0;
    const body = async (signal: AbortSignal): Promise<void> => {
      seen.push(new WeakRef(signal));
      signal.addEventListener('abort', () => seen.push(new WeakRef(signal)));
      if (fails) throw new Error('no answer');
    };
    await withEitherSignal(new AbortController().signal, lasting, body).catch(() => undefined);
  }
  expect(getEventListeners(lasting, 'abort')).toEqual([]);
  expect(await numLeft(seen)).toBe(0);
});
