import type { SyncSource } from '../../../src/acquire/ports';
import { SyncLoop } from '../../../src/client/link/sync-loop';
import type { Push, Sync } from '../../../src/limiter/protocol/wire';
import { FakeClock } from '../../support/fake-clock';

const HOUR_MS = 3_600_000;

/** A client with something to say whenever it is told so, and the moments at which it says it and asks for an answer. */
function aClient({ queue = '', failures = 0, unanswered = 0, callMs = 0 } = {}) {
  const clock = new FakeClock();
  const [sentAt, askedAt, taken]: [number[], number[], Push[]] = [[], [], []];
  const state = { due: true, isWaiting: false, failures, answer: undefined as Push | undefined };
  const source: SyncSource = {
    id: 'client',
    dueAt: (now) => (state.due ? now : Infinity),
    compose: () => ({}) as Sync,
    delivered: () => (state.due = false),
    take: (push) => taken.push(push),
    get isWaiting() {
      return state.isWaiting;
    },
  };
  const link = {
    queue,
    async send() {
      sentAt.push(clock.now());
      if (callMs > 0) await new Promise<void>((resolve) => void clock.after(callMs, resolve));
      if (state.failures-- > 0) throw new Error('not now');
    },
    async ask() {
      askedAt.push(clock.now());
      if (askedAt.length <= unanswered) throw new Error('busy');
      return state.answer;
    },
  };
  const loop = new SyncLoop(source, link, clock, () => 1);
  return { clock, state, loop, source, sentAt, askedAt, taken };
}

describe('what a process has to say', () => {
  it('is tried ever less often until it has arrived, and then is silence', async () => {
    const { clock, loop, sentAt } = aClient({ queue: 'pushes', failures: 9 });
    loop.wake();
    await clock.advance(HOUR_MS);
    expect(sentAt).toEqual([0, 20, 60, 140, 300, 620, 1_260, 2_540, 4_540, 6_540]);
    expect(clock.armed).toBe(0);
  });

  it('is tried the later, the longer the server took to refuse it', async () => {
    const { clock, state, loop, sentAt } = aClient({ queue: 'pushes', failures: 2, callMs: 1_000 });
    loop.wake();
    await clock.advance(20_000);
    expect(sentAt).toEqual([0, 4_020, 8_060]);
    expect(state.due).toBe(false);
  });

  it('is composed again when composing it has failed', async () => {
    const { clock, loop, source, sentAt } = aClient({ queue: 'pushes' });
    jest.spyOn(source, 'compose').mockImplementationOnce(() => {
      throw new Error('a mistake');
    });
    loop.wake();
    await clock.advance(1_000);
    expect(sentAt).toEqual([20]);
  });

  it('waits for what is under way', async () => {
    const { clock, state, loop, sentAt } = aClient({ queue: 'pushes' });
    loop.wake();
    loop.wake();
    expect(sentAt).toHaveLength(1);
    await clock.advance(1);
    state.due = true;
    loop.wake();
    expect(sentAt).toEqual([0, 1]);
  });
});

describe('a process in which nothing hears pushes', () => {
  it('asks ever less often while somebody waits', async () => {
    const { clock, state, loop, askedAt } = aClient();
    state.isWaiting = true;
    loop.wake();
    await clock.advance(1_400);
    expect(askedAt).toEqual([10, 30, 70, 150, 310, 560, 810, 1_060, 1_310]);
  });

  it('asks for the answer to what it reported also while nobody waits, but only so often', async () => {
    const { clock, loop, askedAt } = aClient();
    loop.wake();
    await clock.advance(HOUR_MS);
    expect(askedAt).toEqual([10, 30, 70, 150, 310]);
    expect(clock.armed).toBe(0);
  });

  it('asks again where it got no answer: what it was granted and did not hear of would count as used', async () => {
    const { clock, state, loop, askedAt, taken } = aClient({ unanswered: 20 });
    state.answer = { client: 'client' } as Push;
    loop.wake();
    await clock.advance(HOUR_MS);
    expect(askedAt).toHaveLength(25);
    expect(taken).toHaveLength(5);
    expect(clock.armed).toBe(0);
  });

  it('gives up on a limiter that never answers', async () => {
    const { clock, loop, askedAt } = aClient({ unanswered: Infinity });
    loop.wake();
    await clock.advance(HOUR_MS);
    expect(askedAt).toHaveLength(100);
    expect(clock.armed).toBe(0);
  });

  it('takes the answer over', async () => {
    const { clock, state, loop, taken } = aClient();
    const answer = { client: 'client' } as Push;
    state.answer = answer;
    loop.wake();
    await clock.advance(10);
    expect(taken).toEqual([answer]);
  });

  it('asks nothing once it is stopped', async () => {
    const { clock, state, loop, askedAt } = aClient();
    state.isWaiting = true;
    loop.wake();
    await clock.advance(20);
    loop.stop();
    await clock.advance(HOUR_MS);
    expect(askedAt).toEqual([10]);
  });
});

it('a process in which something hears pushes asks nothing', async () => {
  const { clock, state, loop, askedAt } = aClient({ queue: 'pushes' });
  state.isWaiting = true;
  loop.wake();
  await clock.advance(HOUR_MS);
  expect(askedAt).toEqual([]);
});
