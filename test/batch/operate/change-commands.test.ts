import { Command } from 'commander';
import { changeCommands } from '../../../src/batch/operate/change-commands';
import { UNCHANGED } from '../../../src/limiter/control/control';
import { InvalidChangeError, LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';
import { anInspection, anOutcome, answeringFor, AT, FakeSet, fakeSession } from '../../support/fake-sets';

/** Runs one command line against these sets. */
async function run(sets: readonly FakeSet[], ...args: readonly string[]) {
  const { answering, printed } = answeringFor(fakeSession(sets));
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => (printed.stderr += text) });
  for (const command of changeCommands(answering)) {
    program.addCommand(command.configureOutput({ writeErr: (text) => (printed.stderr += text) }));
  }
  await program.parseAsync([...args], { from: 'user' }).catch(() => (printed.code = 2));
  return printed;
}

const set = (...outcome: Parameters<typeof anOutcome> | []) =>
  new FakeSet(anInspection(), outcome.length === 0 ? undefined : anOutcome(...outcome));

it.each([
  [
    'set openai-eu input_tokens=500 connections=2 --for 2h --reason slow --by anna --if-revision 4',
    {
      ...{ action: 'set', capacity: { input_tokens: 500, connections: 2 }, forMs: 7_200_000 },
      ...{ reason: 'slow', by: 'anna', ifRevision: 4 },
    },
  ],
  ['reset openai-eu --by anna', { action: 'reset', by: 'anna' }],
  [
    'reset openai-eu input_tokens connections --by anna',
    { action: 'reset', keys: ['input_tokens', 'connections'], by: 'anna' },
  ],
  ['pause openai-eu --for 30s --by anna', { action: 'pause', forMs: 30_000, by: 'anna' }],
  ['resume openai-eu --by anna --reason done', { action: 'resume', by: 'anna', reason: 'done' }],
  ['forget openai-eu --client w-1 --by anna', { action: 'forget', client: 'w-1', by: 'anna' }],
])('`%s` asks for that', async (line, request) => {
  const asked = set();
  expect(await run([asked], ...line.split(' '))).toMatchObject({ code: 0, stderr: '' });
  expect(asked.requests).toEqual([request]);
});

it.each([
  ['set openai-eu input_tokens', 'expected key=number, such as input_tokens=50000, got "input_tokens"'],
  ['set openai-eu input_tokens=much', 'expected key=number, such as input_tokens=50000, got "input_tokens=much"'],
  ['set openai-eu input_tokens=-1', 'expected key=number'],
  ['set openai-eu calls=1 calls=2', 'expected one capacity of calls, got two'],
  ['set openai-eu', "missing required argument 'key=number'"],
  [
    'set openai-eu input_tokens=5 --for ever',
    "'--for <duration>' argument 'ever' is invalid. It must be a number with its unit",
  ],
  [
    'pause openai-eu --for 5',
    "'--for <duration>' argument '5' is invalid. It must be a number with its unit, such as 30s",
  ],
  ['pause openai-eu --for 5x', "'--for <duration>' argument '5x' is invalid."],
  ['drain openai-eu --wait 5', "'--wait <duration>' argument '5' is invalid."],
  ['pause openai-eu --if-revision x', 'whole number from 0'],
  ['forget openai-eu', "required option '--client <id>' not specified"],
  ['pause nosuch', 'is running. It starts with the first acquire. `temporal-limits ls` lists those that run.'],
  [
    'pause openai',
    'No limiter of set "openai" is running. It starts with the first acquire. Did you mean "openai-eu"?',
  ],
])('`%s` is refused', async (line, message) => {
  const asked = set();
  const { code, stderr, stdout } = await run([asked], ...line.split(' '));
  expect(stderr).toContain(message);
  expect({ code, stdout, requests: asked.requests }).toEqual({ code: 2, stdout: '', requests: [] });
});

it('says of a silent limiter what the admin says, not the error of the call', async () => {
  const cause = new Error('4 DEADLINE_EXCEEDED');
  const silent = new LimiterUnavailableError('silent', 'it does not answer', { cause });
  expect(await run([new FakeSet(silent)], 'pause', 'silent')).toMatchObject({
    code: 2,
    stderr: 'The limiter of "silent" is not available: it does not answer\n',
  });
});

it('says what the limiter says is wrong', async () => {
  const refusing = set();
  jest.spyOn(refusing, 'setCapacity').mockRejectedValue(new InvalidChangeError('calls: there is no such limit'));
  expect(await run([refusing], 'set', 'openai-eu', 'calls=1')).toMatchObject({
    code: 2,
    stderr: 'Cannot change the limits: calls: there is no such limit\n',
  });
});

it('prints what a change has done, for people and as JSON', async () => {
  const until = AT + 7_200_000;
  const change = { by: 'anna', reason: '', at: AT, until };
  const outcome = {
    ...anOutcome('set', {
      capacity: { input_tokens: { ...change, capacity: 500 } },
      log: [{ ...change, revision: 1, action: 'set', capacity: { input_tokens: 500 } }],
    }),
    capacities: { input_tokens: { before: 1_000, after: 500 }, calls: { before: 9, after: 9 } },
  };
  const asked = () => new FakeSet(anInspection(), outcome);
  expect((await run([asked()], 'set', 'openai-eu', 'input_tokens=500')).stdout).toBe(
    [
      'set openai-eu, revision 1: changed the capacity of input_tokens',
      '┌──────────────┬────────┬─────┬─────────────────────────┐',
      '│ limit        │ before │ now │ until                   │',
      '├──────────────┼────────┼─────┼─────────────────────────┤',
      '│ input_tokens │  1,000 │ 500 │ 2026-01-31 11:00:00 UTC │',
      '└──────────────┴────────┴─────┴─────────────────────────┘\n',
    ].join('\n'),
  );
  const { stdout } = await run([asked()], 'set', 'openai-eu', 'input_tokens=500', '-o', 'json');
  expect(JSON.parse(stdout)).toEqual({ set: 'openai-eu', ...outcome });
});

it.each([
  ['pause', [], 'set openai-eu, revision 1: paused until `resume`; calls in flight continue\n'],
  ['resume', [], 'set openai-eu, revision 1: no longer paused\n'],
  ['reset', [], 'set openai-eu, revision 1: no capacity had been changed\n'],
] as const)('says what `%s` has done', async (action, rest, text) => {
  expect((await run([set(action)], action, 'openai-eu', ...rest)).stdout).toBe(text);
});

it.each([
  [
    'pause',
    { pause: { by: 'alice', reason: 'keys', at: AT } },
    'this replaces the pause by alice (keys), without an end',
  ],
  [
    'set',
    { capacity: { calls: { by: 'alice', reason: '', at: AT, until: AT + 60_000, capacity: 4 } } },
    'this replaces calls=4 by alice, until 2026-01-31 09:01:00 UTC',
  ],
] as const)('says what `%s` has replaced', async (action, before, text) => {
  const entry = {
    by: 'bob',
    reason: '',
    at: AT,
    revision: 1,
    action,
    ...(action === 'set' && { capacity: { calls: 5 } }),
  };
  const outcome = anOutcome(action, { log: [entry] });
  const asked = new FakeSet(anInspection(), { ...outcome, before: { ...outcome.before, ...before } });
  const line = action === 'set' ? ['set', 'openai-eu', 'calls=5'] : [action, 'openai-eu'];
  expect((await run([asked], ...line)).stdout.split('\n')[1]).toBe(text);
});

it('says which limits count by the code again', async () => {
  const entry = {
    by: 'anna',
    reason: '',
    at: AT,
    revision: 1,
    action: 'reset',
    capacity: { input_tokens: 500 },
  } as const;
  const asked = new FakeSet(anInspection(), anOutcome('reset', { log: [entry] }));
  expect((await run([asked], 'reset', 'openai-eu')).stdout).toBe(
    "set openai-eu, revision 1: restored the capacity of input_tokens to the code's\n",
  );
});

describe('drain', () => {
  const paused = anOutcome('pause', { pause: { by: 'anna', reason: '', at: AT } }).after;
  const holding = anInspection({
    control: paused,
    limits: [
      {
        ...{ key: 'connections', kind: 'resource', defined: 5, capacity: 5, source: 'code' },
        ...{ started: 2, granted: 0, free: 3, wanted: 0 },
      },
    ],
  });

  it('ends well once nothing is in use', async () => {
    const idle = new FakeSet(anInspection({ limits: [], control: paused }));
    expect(await run([idle], 'drain', 'openai-eu', '--wait', '5m', '--by', 'anna')).toMatchObject({
      code: 0,
      stdout: 'set openai-eu is paused, and nothing is in use: run `temporal-limits resume openai-eu` to continue\n',
    });
    expect(idle.requests).toEqual([{ action: 'pause', by: 'anna' }]);
  });

  it('ends with 1 if something still is after the wait, and shows what', async () => {
    const { code, stdout } = await run([new FakeSet(holding)], 'drain', 'openai-eu', '--wait', '0s');
    expect(code).toBe(1);
    expect(stdout).toContain('connections 2');
    expect(stdout).toContain('5 permits');
  });

  it('ends with 1 if the pause ends before, and says so', async () => {
    const resumed = new FakeSet({ ...holding, control: UNCHANGED });
    const { code, stdout } = await run([resumed], 'drain', 'openai-eu');
    expect(code).toBe(1);
    expect(stdout).toContain('"openai-eu" is no longer paused, so it is not drained');
  });

  it('ends with 1 if the limiter does not answer until the wait is over, and says that the set stays paused', async () => {
    const silent = new FakeSet(holding);
    const cause = new Error('4 DEADLINE_EXCEEDED');
    jest.spyOn(silent, 'inspect').mockRejectedValue(new LimiterUnavailableError('openai-eu', 'silent', { cause }));
    expect(await run([silent], 'drain', 'openai-eu', '--wait', '0s')).toMatchObject({
      code: 1,
      stdout: 'After 0 ms, "openai-eu" does not answer what it has in use. The set stays paused\n',
    });
  });
});
