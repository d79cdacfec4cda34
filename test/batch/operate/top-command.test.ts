import { topCommand } from '../../../src/batch/operate/top-command';
import { anInspection, answeringFor, FakeSet, fakeSession } from '../../support/fake-sets';

const sets = [
  new FakeSet(anInspection()),
  new FakeSet(anInspection({ set: 'busy', waiting: 1_234, waitingSince: Date.UTC(2026, 0, 31, 8, 59) })),
];

const before = process.env;
beforeEach(() => (process.env = { ...before, NO_COLOR: '1', TERM: 'xterm' }));
afterAll(() => (process.env = before));

it('prints once where there is no terminal: a line for each set of at most 80 columns', async () => {
  const { answering, printed } = answeringFor(fakeSession(sets));
  await topCommand(answering).parseAsync([], { from: 'user' });
  expect(printed).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'localhost:7233/default: 2 sets, 1,234 waiting',
      'SET           STATE         FULLEST       TAKEN             WAITING       OLDEST',
      'busy          waiting       input_tokens  ███████░░░  70 %    1,234        1 min',
      'openai-eu     serving       input_tokens  ███████░░░  70 %        0            –',
      '',
    ].join('\n'),
  });
});

it('prints once on a terminal that cannot be drawn on', async () => {
  process.env['TERM'] = 'dumb';
  const { answering, printed } = answeringFor(fakeSession(sets), true);
  await topCommand(answering).parseAsync([], { from: 'user' });
  expect(printed.stdout).toMatch(/^localhost:7233\/default: 2 sets, 1,234 waiting\nSET/);
  expect(printed.stdout).not.toContain('\u001b');
});

it('prints what it shows as JSON', async () => {
  const { answering, printed } = answeringFor(fakeSession(sets.slice(1)), true);
  await topCommand(answering).parseAsync(['-o', 'json'], { from: 'user' });
  expect(JSON.parse(printed.stdout)).toEqual([
    {
      set: 'busy',
      state: 'waiting',
      runStartedAt: '2026-01-31T08:58:55.000Z',
      taskQueue: 'temporal-limits',
      clients: 0,
      waiting: 1_234,
      oldestWaitMs: 60_000,
      fullest: { limit: 'input_tokens', taken: expect.closeTo(0.7) as unknown },
    },
  ]);
});

it.each(['q', '\u0003'])('draws in the same place until %j, and leaves the last picture', async (key) => {
  const session = fakeSession(sets);
  const { answering, printed, press } = answeringFor(session, true);
  let drawn = 0;
  jest.spyOn(session.admin, 'list').mockImplementation(async () => {
    drawn += 1;
    if (drawn === 3) press(key);
    if (drawn === 2) throw new Error('14 UNAVAILABLE');
    return [{ set: 'busy', runStartedAt: '2026-01-31T08:58:55.000Z', taskQueue: 'temporal-limits' }];
  });
  const listeners = process.listenerCount('SIGINT');
  await topCommand(answering, 1).parseAsync([], { from: 'user' });

  const screens = printed.stdout.split('\u001b[H');
  expect(screens[1]).toContain('localhost:7233/default: asking the limiters …');
  expect(screens[2]).toContain('q ends');
  expect(screens[3]).toContain('Temporal does not answer: 14 UNAVAILABLE');
  expect(screens[3]).toContain('busy');
  const [before, last] = printed.stdout.split('\u001b[?25h\u001b[?1049l');
  expect(before?.startsWith('\u001b[?1049h\u001b[?25l\u001b[H')).toBe(true);
  expect(last).toMatch(/^localhost:7233\/default: 1 set, 1,234 waiting\nSET[^]*busy[^]*\n$/);
  expect(printed.code).toBe(0);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});

it('prints no list that it never had', async () => {
  const session = fakeSession(sets);
  const { answering, printed, press } = answeringFor(session, true);
  let asked = 0;
  jest.spyOn(session.admin, 'list').mockImplementation(async () => {
    asked += 1;
    if (asked === 1) throw new Error('14 UNAVAILABLE');
    press('q');
    return new Promise(() => undefined);
  });
  await topCommand(answering, 1).parseAsync([], { from: 'user' });
  expect(printed.stdout).toContain('Temporal does not answer: 14 UNAVAILABLE');
  expect(printed.stdout).not.toContain('0 sets');
  expect(printed.stdout.endsWith('\u001b[?1049l')).toBe(true);
  expect(printed.code).toBe(0);
});
