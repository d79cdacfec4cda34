import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from '@temporalio/worker';
import { Answering } from '../../src/batch/operate/answering';
import { programFor } from '../../src/batch/cli/program';
import { withSession } from '../../src/batch/operate/session';
import { type ChangeResult } from '../../src/client/admin/set-admin';
import { CallLimit, type LimitSet, ResourceLimit } from '../../src/index';
import { type Inspection } from '../../src/limiter/control/inspection';
import { type Why } from '../../src/limiter/control/why';
import { batchFiles, removeBatchFiles, runCommand, startCommand } from '../support/batch-command';
import { type SetOverview } from '../../src/batch/temporal/overview';
import { scriptedAccount } from '../support/scripted-account';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});
afterAll(async () => {
  await temporal.stop();
  await removeBatchFiles();
});

describe('the worker command', () => {
  const config = (baseURL: string) => ({
    temporal: { address: temporal.server.address, namespace: temporal.server.namespace },
    sets: [
      {
        name: 'served',
        config: { taskQueue: 'llm-served', baseURL, apiKey: 'a-key', model: 'gpt-4o' },
        limits: [{ kind: 'call', windowSeconds: 60, capacity: 10 }],
      },
    ],
  });

  /** Starts a workflow that has the worker answer a prompt. */
  const ask = () =>
    temporal.client.workflow.start('runActivity', {
      ...{ workflowId: randomUUID(), taskQueue: 'askers' },
      args: [
        'complete',
        [{ prompt: 'Hello', maxTokens: 5 }],
        { taskQueue: 'llm-served', startToCloseTimeout: '5m', heartbeatTimeout: '3s' },
      ],
    });

  it('answers activities until a signal, and `why --workflow` says why one waits', async () => {
    const account = await scriptedAccount(() => [200]);
    const files = await batchFiles(config(account.url), []);
    const served = startCommand(['worker', '--config', files.config], {});
    await once(served.process.stderr!, 'data');
    const asking = await Worker.create({
      connection: temporal.native,
      namespace: temporal.server.namespace,
      taskQueue: 'askers',
      workflowsPath: require.resolve('../support/workflows'),
    });
    await asking.runUntil(async () => {
      const first = await ask();
      expect(await first.result()).toMatchObject({ text: 'ok', usage: { output_tokens: 1 }, attempts: 1 });
      expect(await run('pause', 'served', '--reason', 'a test')).toMatchObject({ code: 0 });
      const second = await ask();
      await until('it is known what the workflow waits for', async () => {
        const why = await json<Why[]>('why', '--workflow', second.workflowId);
        return (why[0]?.set === 'served' && why[0].cause === 'PAUSED') || JSON.stringify(why);
      });
      expect(await run('why', '--workflow', second.workflowId)).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('set served: PAUSED') as unknown,
      });
      expect(account.calls).toHaveLength(1);
      expect(await run('resume', 'served')).toMatchObject({ code: 0 });
      expect(await second.result()).toMatchObject({ text: 'ok' });
    });
    served.process.kill('SIGTERM');
    const { address, namespace } = temporal.server;
    const told = `Serving llm-served in namespace ${namespace} at ${address}\n`;
    expect(await served.ended).toMatchObject({ code: 0, stderr: told });
    await account.close();
  });

  it('says what is wrong with its config', async () => {
    const files = await batchFiles('', []);
    const missing = await runCommand(['worker', '--config', `${files.config}.none`], {});
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read (ENOENT)') as unknown });
  });
});

/** Runs a command in this process, as its user would. */
async function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const told = { code: -1, stdout: '', stderr: '' };
  const { address, namespace } = temporal.server;
  const answering = new Answering({
    withSession,
    stdin: process.stdin,
    stdout: { write: (text: string) => (told.stdout += text) },
    stderr: { write: (text: string) => (told.stderr += text) },
    exit: (code) => (told.code = code),
  });
  await programFor(answering).parseAsync([...args, '--address', address, '--namespace', namespace], { from: 'user' });
  return told;
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await run(...args, '-o', 'json');
  expect(stderr).toBe('');
  return JSON.parse(stdout) as T;
}

describe('the commands for sets', () => {
  const name = randomUUID();
  let set: LimitSet;

  beforeAll(async () => {
    await temporal.host();
    set = temporal.set({
      name,
      limits: [
        new ResourceLimit({ key: 'connections', capacity: 2 }),
        new CallLimit({ windowSeconds: 60, capacity: 500 }),
      ],
    });
  });

  it('show who holds what and who waits, and why', async () => {
    const held = await Promise.all([set.acquire(), set.acquire()]);
    const waiting = set.acquire();
    await until('one waits', async () => (await json<Inspection>('stats', name)).waiting === 1);
    const shown = await json<Inspection>('stats', name);
    expect(shown.clients).toMatchObject([{ inUse: { connections: 2 }, waiting: 1 }]);
    expect(await json('why', name)).toMatchObject({ cause: 'PERMITS', limit: 'connections', waiting: 1 });
    expect(await run('why', name)).toMatchObject({ code: 0, stderr: '' });
    const sets = await json<SetOverview[]>('top');
    expect(sets.find((each) => each.set === name)).toMatchObject({
      ...{ state: 'waiting', waiting: 1, fullest: { limit: 'connections', taken: 1 } },
    });
    expect((await run('stats', name)).stdout).toContain('2 connections');
    await Promise.all(held.map((each) => each.release()));
    await (await waiting).release();
  });

  it('turn a limit down and back', async () => {
    const changed = await json<ChangeResult>('set', name, 'call_count=100', '--for', '1h', '--by', 'anna');
    expect(changed).toMatchObject({ set: name, capacities: { call_count: { before: 500, after: 100 } } });
    expect((await run('doctor')).stdout).toContain(`set ${name}: the capacity of call_count is set to 100 by anna`);
    const { revision } = changed.after;
    const stale = await run('reset', name, '--if-revision', `${revision - 1}`);
    expect(stale).toMatchObject({ code: 2, stderr: expect.stringContaining(`the set is at ${revision}`) as unknown });
    expect(await json('reset', name)).toMatchObject({ capacities: { call_count: { before: 100, after: 500 } } });
    expect(await run('set', name, 'call_cuont=1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "call_count"?') as unknown,
    });
  });

  it('stop a set, drain it and continue', async () => {
    const slot = await set.acquire();
    await until('its limiter knows that it is held', async () => {
      const { clients } = await json<Inspection>('stats', name);
      return clients.some(({ inUse }) => inUse['connections'] === 1);
    });
    expect(await run('drain', name, '--wait', '100ms')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('connections 1') as unknown,
    });
    await expect(set.acquire({ timeout: '1s' })).rejects.toThrow('operator');
    expect(await run('why', name)).toMatchObject({ code: 1, stdout: expect.stringContaining('PAUSED') as unknown });
    await slot.release();
    expect(await run('drain', name, '--wait', '30s')).toMatchObject({ code: 0 });
    expect(await run('resume', name)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no longer paused') as unknown,
    });
    await (await set.acquire()).release();
  });

  it('give what a client had to others', async () => {
    const slot = await set.acquire();
    const [client] = (await json<Inspection>('stats', name)).clients;
    expect(await run('forget', name, '--client', client!.id)).toMatchObject({ code: 0 });
    await until('the lease is lost', () => slot.signal.aborted);
    await slot.release();
  });

  it('name the set that was meant', async () => {
    const typo = `${name.slice(0, -1)}_`;
    const meant = `Did you mean "${name}"?`;
    expect(await run('stats', typo)).toMatchObject({ code: 2, stderr: expect.stringContaining(meant) as unknown });
    expect(await json('why', typo)).toMatchObject({ cause: 'NOT_STARTED' });
    expect(await run('why', typo)).toMatchObject({ code: 1 });
  });
});
