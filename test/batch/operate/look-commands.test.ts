import { Command } from 'commander';
import { WorkflowNotFoundError } from '@temporalio/client';
import { lookCommands } from '../../../src/batch/operate/look-commands';
import { type Session } from '../../../src/batch/operate/session';
import { type SetAdmin } from '../../../src/client/admin/set-admin';
import { LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';
import { anInspection, answeringFor, AT, FakeSet, fakeSession } from '../../support/fake-sets';

const client = {
  workflowService: {
    getSystemInfo: async () => ({ serverVersion: '1.29.1' }),
    describeNamespace: async () => ({}),
    describeTaskQueue: async () => ({
      pollers: [{ identity: '7@worker-1', lastAccessTime: { seconds: Date.now() / 1_000 } }],
    }),
  },
};

/** Runs one command line against these sets. */
async function run(sets: readonly SetAdmin[], line: string, own: object = client) {
  return runIn(fakeSession(sets, own), line);
}

async function runIn(session: Session, line: string) {
  const { answering, printed } = answeringFor(session);
  const program = new Command().exitOverride();
  for (const command of lookCommands(answering)) {
    program.addCommand(command.configureOutput({ writeErr: (text) => (printed.stderr += text) }));
  }
  await program.parseAsync(line.split(' '), { from: 'user' }).catch(() => (printed.code = 2));
  return printed;
}

const set = (own: Parameters<typeof anInspection>[0] = {}) => new FakeSet(anInspection(own));
const paused = { pause: { by: 'anna', reason: 'incident', at: AT }, revision: 1, capacity: {}, log: [] };

describe('stats', () => {
  it('prints everything there is to see', async () => {
    const { code, stdout } = await run([set({ control: paused })], 'stats openai-eu');
    expect(code).toBe(0);
    expect(stdout).toContain('set openai-eu (version 3): paused; no request waits');
    expect(stdout).toContain('paused by anna (incident)');
  });

  it('prints it as JSON', async () => {
    expect(JSON.parse((await run([set()], 'stats openai-eu -o json')).stdout)).toEqual(anInspection());
  });

  it('asks for the page of clients that is named', async () => {
    const asked = set();
    const inspect = jest.spyOn(asked, 'inspect');
    await run([asked], 'stats openai-eu --clients 5 --from 20');
    expect(inspect).toHaveBeenCalledWith({ clients: 5, firstClient: 20 });
    expect(await run([asked], 'stats openai-eu --clients 101')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('It must be a whole number from 0 to 100.') as unknown,
    });
  });

  it('names the set that was meant', async () => {
    expect(await run([set()], 'stats openai-ue')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'No limiter of set "openai-ue" is running. It starts with the first acquire. Did you mean "openai-eu"?\n',
    });
  });
});

/** In which the two workflows of batch 4711 are open, and no others. */
function withBatch(): Session {
  const ids = ['batch:4711:0', 'batch:4711:1'];
  const list = async function* () {
    for (const workflowId of ids) yield { workflowId, taskQueue: 'q', startTime: new Date(AT) };
  };
  const session = fakeSession([], { workflow: { list } });
  jest.spyOn(session.admin, 'whyWorkflow').mockImplementation(async (id) => {
    if (!ids.includes(id)) throw new WorkflowNotFoundError('not found', id, undefined);
    const of = { cause: 'NONE', summary: 'No request waits.' } as const;
    return [{ ...of, set: 'a', waiting: 0 }, ...(id === ids[1] ? [{ ...of, set: 'b', waiting: 1 }] : [])];
  });
  return session;
}

describe('why', () => {
  it('ends with 0 if what waits needs nobody', async () => {
    expect(await run([set()], 'why openai-eu')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('NONE') as unknown,
    });
  });

  it('ends with 1 if it needs somebody', async () => {
    const { code, stdout } = await run([set({ control: paused })], 'why openai-eu -o json');
    expect(JSON.parse(stdout)).toMatchObject({ set: 'openai-eu', cause: 'PAUSED' });
    expect(code).toBe(1);
  });

  it('is of each set that a workflow waits for', async () => {
    const { code, stdout } = await run([set(), set({ set: 'b', control: paused })], 'why --workflow w -o json');
    expect(JSON.parse(stdout)).toMatchObject([{ cause: 'NONE' }, { set: 'b', cause: 'PAUSED' }]);
    expect(code).toBe(1);
    expect(await run([], 'why --workflow w')).toMatchObject({ code: 0, stdout: 'workflow w waits for no limits\n' });
  });

  it('says that no workflow has the id', async () => {
    expect(await runIn(withBatch(), 'why --workflow w')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'no workflow and no open batch has the id "w" in namespace default\n',
    });
  });

  it('takes the id of a batch for its open workflows, and names each set once', async () => {
    const { code, stdout } = await runIn(withBatch(), 'why --workflow 4711 -o json');
    expect(JSON.parse(stdout)).toMatchObject([
      { set: 'a', waiting: 0 },
      { set: 'b', waiting: 1 },
    ]);
    expect(code).toBe(0);
  });

  it.each(['why', 'why openai-eu --workflow w'])('wants one of both: `%s`', async (line) => {
    expect(await run([set()], line)).toMatchObject({
      code: 2,
      stderr: 'name what waits: either a set, or a workflow with --workflow <id>\n',
    });
  });
});

describe('doctor', () => {
  it('has a line for each check', async () => {
    const { code, stdout } = await run([set()], 'doctor');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '✓ server     Temporal 1.29.1 answers at localhost:7233',
      '✓ namespace  namespace "default" exists',
      '✓ hosts      1 process polls the task queue temporal-limits: 7@worker-1',
      '✓ limiters   1 limiter runs and answers',
      '✓ waiting    every waiting request will be served',
      '✓ providers  every provider accepts calls, as far as is known',
      '✓ refusals   no provider has refused a request in the last hour',
      '✓ guards     no guard has widened',
      '✓ drift      no provider reports limits that differ from the code',
      '✓ others     no provider reports that others use an account',
      '✓ operators  no operator has changed anything',
      '✓ clients    no limiter is full',
      'nothing is wrong',
      '',
    ]);
  });

  it('says what is unusual, and is content', async () => {
    const { code, stdout } = await run([set({ control: paused })], 'doctor -o json');
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { status: string; check: string }[] };
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      { check: 'operators', set: 'openai-eu', status: 'notice', message: 'paused by anna (incident)' },
    ]);
    expect({ ok, code }).toEqual({ ok: true, code: 0 });
  });

  it('ends with 1 if nobody runs the limiters and one does not answer', async () => {
    const silent = new FakeSet(new LimiterUnavailableError('silent', 'it does not answer'));
    jest.spyOn(silent, 'why').mockResolvedValue({ set: 'silent', cause: 'UNHOSTED', summary: 'Nobody.', waiting: 0 });
    const noPollers = {
      workflowService: { ...client.workflowService, describeTaskQueue: async () => ({ pollers: [] }) },
    };
    const { code, stdout } = await run([set(), silent], 'doctor', noPollers);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ hosts      no process has polled the task queue temporal-limits for 70 s');
    expect(stdout).toContain('✗ limiters   set silent: its limiter does not answer: UNHOSTED: Nobody.');
    expect(stdout).toContain('2 wrong');
  });

  it('asks only some of many that do not answer why', async () => {
    const asked = jest.fn();
    const many = Array.from({ length: 60 }, (_, i) => {
      const name = `silent-${i}`;
      const silent = new FakeSet(new LimiterUnavailableError(name, 'it does not answer'), undefined, name);
      return Object.assign(silent, {
        why: async () => {
          asked();
          return { set: name, cause: 'UNHOSTED', summary: 'Nobody.', waiting: 0 };
        },
      });
    });
    const { code, stdout } = await run(many, 'doctor');
    expect(code).toBe(1);
    expect(asked).toHaveBeenCalledTimes(50);
    expect(stdout).toContain('✗ limiters   10 more limiters do not answer\n');
    expect(stdout).toContain('advice: `temporal-limits ls` lists them\n');
  });

  it('ends with 1 if something waits that will not be served', async () => {
    const next = { client: 'c', amounts: { input_tokens: 1_001 }, waitingSince: AT, priority: 0 };
    const tooBig = set({ waiting: 2, next: { ...next, bindingLimit: 'input_tokens' } });
    const { code, stdout } = await run([tooBig], 'doctor');
    expect(stdout).toContain('✗ waiting    set openai-eu: 2 wait, the oldest for 0 s: TOO_BIG: ');
    expect(code).toBe(1);
  });

  it('ends with 0 if what waits only waits for an operator’s pause to end', async () => {
    const { code, stdout } = await run([set({ waiting: 2, control: paused })], 'doctor');
    expect(stdout).toContain('! operators  set openai-eu: paused by anna (incident); 2 waiting\n');
    expect(stdout).toContain('advice: `temporal-limits resume openai-eu` ends the pause\n');
    expect(code).toBe(0);
  });
});

describe('names and reasons that would forge lines, or hide them', () => {
  const reason = 'x)\n✓ everything  set plain: fine\nnothing is wrong\n\u001b[8m';
  const name = 'a\u001b[8m\u009b8m\u202e';
  const forging = () => set({ set: name, waiting: 1, control: { ...paused, pause: { ...paused.pause, reason } } });

  it.each(['ls', 'top', 'doctor', 'why --workflow w'])('are one line of `%s`', async (line) => {
    const list = async function* () {};
    const { stdout } = await run([forging()], line, { ...client, workflow: { list } });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(stdout).toContain('a\\u001b[8m');
    expect(stdout).not.toMatch(/^✓ everything/m);
  });

  it('are whole, and printable, in JSON', async () => {
    const { stdout } = await run([forging()], 'top -o json');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(JSON.parse(stdout)).toMatchObject([{ set: name }]);
  });

  it('are one line on stderr', async () => {
    const { stderr } = await run([set({ set: 'opena\ni' })], 'stats openai');
    expect(stderr).toContain('Did you mean "opena\\u000ai"?\n');
  });
});
