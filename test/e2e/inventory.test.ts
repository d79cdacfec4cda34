import { randomUUID } from 'node:crypto';
import { type Inventory } from '../../src/batch/temporal/inventory';
import { BATCH_WORKFLOW } from '../../src/workflows/batch/batch-protocol';
import { ResourceLimit } from '../../src/index';
import { runCommand } from '../support/batch-command';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});
afterAll(() => temporal.stop());

const run = (...args: readonly string[]) =>
  runCommand(args, { TEMPORAL_ADDRESS: temporal.server.address, TEMPORAL_NAMESPACE: temporal.server.namespace });

async function inventory(): Promise<Inventory> {
  const { code, stdout } = await run('ls', '-o', 'json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Inventory;
}

it('lists and clears a limiter, and a batch that nobody runs', async () => {
  const [name, id] = [randomUUID(), randomUUID()];
  await temporal.host();
  const limits = temporal.set({ name, limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
  await limits.use({}, () => undefined);
  // or the release is told a moment later
  await limits.yield();
  await temporal.client.workflow.start(BATCH_WORKFLOW, {
    workflowId: `batch:${id}:0`,
    taskQueue: 'of nobody',
    args: [{}],
  });
  const listed = {
    ...{ set: name, state: 'serving', taskQueue: 'temporal-limits', clients: 1, waiting: 0, oldestWaitMs: null },
    fullest: { limit: 'connections', taken: 0 },
  };
  expect(await inventory()).toEqual({
    limiters: [{ ...listed, runStartedAt: expect.any(String) as unknown }],
    batches: [{ id, state: 'abandoned', workflows: 1, runStartedAt: expect.any(String) as unknown }],
  });
  expect((await run('ls')).stdout).toContain(name);

  expect(await run('clear', name)).toMatchObject({
    code: 2,
    stderr: `this terminates the limiter of set "${name}": pass --yes to do it\n`,
  });
  expect((await inventory()).limiters).toHaveLength(1);
  await temporal.closeSets();
  expect(await run('clear', name, '--yes')).toMatchObject({
    code: 0,
    stdout: `the limiter of set "${name}" is cleared\n`,
  });
  expect(await run('clear', '--batch', id, '--yes')).toMatchObject({ code: 0, stdout: `batch ${id} is cleared\n` });
  expect(await inventory()).toEqual({ limiters: [], batches: [] });
  expect(await run('clear', name, '--yes')).toMatchObject({
    code: 2,
    stderr: `No limiter of set "${name}" is running. It starts with the first acquire. \`temporal-limits ls\` lists those that run.\n`,
  });
});

it('says what is wrong with what it was told', async () => {
  expect(await run('ls', '--address', '127.0.0.1:1')).toMatchObject({
    code: 2,
    stderr: 'Temporal does not answer at 127.0.0.1:1: pass --address or set TEMPORAL_ADDRESS to a running server\n',
  });
  for (const command of ['ls', 'doctor']) {
    expect(await run(command, '--namespace', 'nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Temporal at .+, namespace "nowhere", refused: .*nowhere.*\n$/) as unknown,
    });
  }
  expect(await run('clear', '--yes')).toMatchObject({
    code: 2,
    stderr: 'name what to clear: either a set, or a batch with --batch <id>\n',
  });
});
