import type { Awaiting } from '../../../src/acquire/ports';
import { ObstacleWatch, type Scout } from '../../../src/client/link/obstacle-watch';
import { FakeClock } from '../../support/fake-clock';

type Known = Awaited<ReturnType<Scout['findings']>>;

const place = { address: 'temporal:7233', namespace: 'default', taskQueue: 'temporal-limits' };
const unhosted: Known = { ...place, failure: undefined, polledMsAgo: Infinity };
const hosted: Known = { ...place, failure: undefined, polledMsAgo: 0 };
const down: Known = {
  ...place,
  failure: { error: Object.assign(new Error(), { code: 14, details: '', metadata: {} }) },
  polledMsAgo: undefined,
};

const AWAITING: { -readonly [key in keyof Awaiting]: Awaiting[key] } = {
  isWaiting: true,
  lacksAnswer: true,
  registered: false,
  refuseAsking: () => undefined,
};

/** A watch over somebody who waits, and what it asks and says. */
function aWatch(known: Known, lookMs = 0) {
  const clock = new FakeClock();
  const waiting = { ...AWAITING, refuseAsking: jest.fn() };
  const state = { known, lookMs };
  const looks: number[] = [];
  const said: string[] = [];
  const scout: Scout = {
    name: 'openai',
    findings: async () => {
      looks.push(clock.now());
      await new Promise<void>((resolve) => void clock.after(state.lookMs, resolve));
      return state.known;
    },
  };
  const watch = new ObstacleWatch(
    waiting,
    scout,
    clock,
    (message) => said.push(message),
    () => 1,
  );
  watch.wake();
  return { clock, waiting, state, looks, said, watch };
}

const WAITS = 'Acquisitions of "openai" wait: ';
const OVER = 'Acquisitions of "openai" continue: its limiter answers again';

it('looks after half a second, then less and less often, and no more once nobody waits', async () => {
  const { clock, looks, waiting, watch } = aWatch(unhosted);
  await clock.advance(70_000);
  expect(looks).toEqual([500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500]);
  waiting.isWaiting = false;
  watch.wake();
  expect(clock.armed).toBe(0);
});

it('looks the less often, the longer a look takes', async () => {
  const { clock, looks } = aWatch(unhosted, 2_000);
  await clock.advance(26_000);
  // 2 s for the look, 3 times as much after it, and the usual wait
  expect(looks).toEqual([500, 9_500, 19_500]);
});

it('does not look while somebody waits for nothing that the limiter has to bring', async () => {
  const { clock, looks, waiting } = aWatch(unhosted);
  waiting.lacksAnswer = false;
  await clock.advance(5_500);
  expect(looks).toEqual([]);
  waiting.lacksAnswer = true;
  await clock.advance(1_000);
  expect(looks).toHaveLength(1);
});

it('refuses who does not want to wait only where no answer can come', async () => {
  const away = aWatch(down);
  await away.clock.advance(10_000);
  expect(away.waiting.refuseAsking).not.toHaveBeenCalled();
  expect([away.watch.obstacle, away.watch.isFinal]).toEqual([expect.stringContaining('cannot be reached'), false]);
  const { clock, waiting, watch } = aWatch(unhosted);
  await clock.advance(1_000);
  expect(waiting.refuseAsking).toHaveBeenCalledTimes(1);
  expect([watch.obstacle, watch.isFinal]).toEqual([expect.stringContaining('no worker hosts the limiter'), true]);
});

it('says each cause once that lasts, and once that it is over', async () => {
  const { clock, state, said, watch } = aWatch(down);
  await clock.advance(2_500);
  expect(said).toEqual([]);
  await clock.advance(60_000);
  expect(said).toEqual([expect.stringContaining(`${WAITS}Temporal at temporal:7233 cannot be reached`)]);
  state.known = unhosted;
  await clock.advance(60_000);
  expect(said.slice(1)).toEqual([expect.stringContaining(`${WAITS}no worker hosts the limiter`)]);
  watch.answered();
  watch.answered();
  expect(said.slice(2)).toEqual([OVER]);
  expect(watch.obstacle).toBeUndefined();
});

it('of another cause it says nothing before that has lasted, too', async () => {
  const { clock, state, said, watch } = aWatch(unhosted);
  await clock.advance(7_000);
  expect(said).toHaveLength(1);
  // somebody hosts it, and has not answered yet
  state.known = hosted;
  await clock.advance(1_000);
  watch.answered();
  expect(said).toEqual([expect.stringContaining('no worker hosts the limiter'), OVER]);
});

it('of a moment it says nothing', async () => {
  const { clock, said, watch } = aWatch(unhosted);
  await clock.advance(2_000);
  watch.answered();
  expect(said).toEqual([]);
});

it('it is over as well when a limiter that has answered before is hosted again', async () => {
  const { clock, state, said, waiting } = aWatch(unhosted);
  waiting.registered = true;
  await clock.advance(5_000);
  state.known = hosted;
  await clock.advance(60_000);
  expect(said.slice(1)).toEqual([OVER]);
});

it('a look that tells nothing leaves what was known', async () => {
  const { clock, state, watch } = aWatch(unhosted);
  await clock.advance(1_000);
  state.known = undefined;
  await clock.advance(20_000);
  expect(watch.obstacle).toContain('no worker hosts the limiter');
});

it('an answer that comes during a look is newer than what the look finds', async () => {
  const { clock, said, watch, waiting } = aWatch(unhosted, 3_500);
  await clock.advance(2_000);
  watch.answered();
  waiting.isWaiting = false;
  await clock.advance(5_000);
  expect([watch.obstacle, said]).toEqual([undefined, []]);
});

it('what was found when somebody last waited counts for a while, and is then looked at anew', async () => {
  const { clock, waiting, watch } = aWatch(unhosted);
  await clock.advance(1_000);
  waiting.isWaiting = false;
  watch.wake();
  await clock.advance(14_000);
  expect(watch.isFinal).toBe(true);
  await clock.advance(1_000);
  expect(watch.isFinal).toBe(false);
  waiting.isWaiting = true;
  watch.wake();
  expect(watch.obstacle).toBeUndefined();
});
