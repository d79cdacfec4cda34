/**
 * Runs the commands that the documents show, with their words, on one server. `test/support/documented-commands.ts` says what
 * runs the others.
 */
import { readFile } from 'node:fs/promises';
import type { Command, CommanderError } from 'commander';
import { programFor } from '../../src/batch/cli/program';
import { Answering } from '../../src/batch/operate/answering';
import { withSession } from '../../src/batch/operate/session';
import { CallLimit, type Limit, RateLimit } from '../../src/index';
import type { Inspection } from '../../src/limiter/control/inspection';
import { Markdown } from '../packaging/markdown';
import { batchFiles, idsOf, readResults, removeBatchFiles, startBatch } from '../support/batch-command';
import { documentedCommands, runBy } from '../support/documented-commands';
import { scriptedAccount } from '../support/scripted-account';
import { TemporalForTests } from '../support/temporal';

const documented = documentedCommands().filter((line) => runBy(line)?.by === 'test');
/** The words after the name of the program, each command once. */
const commands = [
  ...new Map(
    documented
      .map(({ words }) => (words[0] === 'npx' ? words.slice(2) : words.slice(1)))
      .map((words) => [words.join(' '), words]),
  ),
];
const onSets = commands.filter(([, [name]]) => name !== 'batch' && name !== '<command>');

let temporal: TemporalForTests;
const before = { ...process.env };

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  process.env['TEMPORAL_ADDRESS'] = temporal.server.address;
  process.env['TEMPORAL_NAMESPACE'] = temporal.server.namespace;
  await temporal.host();
});

afterAll(async () => {
  process.env = before;
  await temporal.stop();
  await removeBatchFiles();
});

const calls = new CallLimit({ windowSeconds: 60, capacity: 500 });
/** The limits of the sets that the documents name. */
const SETS: Readonly<Record<string, readonly [Limit, ...Limit[]]>> = {
  'openai-eu': [calls, new RateLimit({ key: 'input_tokens', windowSeconds: 60, capacity: 100_000 })],
  openai: [new CallLimit({ key: 'rpm', windowSeconds: 60, capacity: 500 })],
  'us-east': [calls],
};

describe('a command of the documents', () => {
  beforeAll(async () => {
    await temporal.client.workflow.start('named', { workflowId: 'order-4711', taskQueue: 'no worker polls this' });
  });

  it.each(onSets)('does what it says: temporal-limits %s', async (_text, words) => {
    const [, name = ''] = words;
    const limits = SETS[name];
    if (limits !== undefined) {
      const slot = await temporal.set({ name, limits }).acquire({ requested: { [limits[0].key]: 1 } });
      await slot.release();
    }
    if (words.includes('--yes')) await temporal.closeSets();
    expect(await run(await withClient(words))).toMatchObject({ code: 0, stderr: '' });
    if (limits !== undefined) await run(['resume', name]);
    await temporal.closeSets();
  });
});

it('each command explains itself', async () => {
  for (const name of namesOf(programFor(answeringTo({ code: 0, stdout: '', stderr: '' })))) {
    expect((await run([name, '--help'])).stdout).toContain(`Usage: temporal-limits ${name}`);
  }
});

it('the batch of the guide answers its input', async () => {
  const account = await scriptedAccount(() => [200]);
  const guide = new Markdown('docs/guide/batch.md');
  const [config = { code: '' }] = guide.blocks('yaml');
  const [input = { code: '' }] = guide.blocks('json');
  const files = await batchFiles(config.code.replaceAll(/https:\S+/g, account.url), input.code);
  const { ended } = startBatch(files, [], { ...process.env, US_EAST_KEY: 'a-key', EU_KEY: 'a-key' });
  const { code, stderr } = await ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(idsOf(await readResults(files.output))).toEqual(['1']);
  expect(await readFile(files.input, 'utf8')).toBe(input.code);
  await account.close();
});

interface Told {
  code: number;
  stdout: string;
  stderr: string;
}

function answeringTo(told: Told): Answering {
  return new Answering({
    withSession,
    stdin: process.stdin,
    stdout: { write: (text: string) => (told.stdout += text) },
    stderr: { write: (text: string) => (told.stderr += text) },
    exit: (code) => (told.code = code),
  });
}

/** Runs a command in this process, as its user would. */
async function run(words: readonly string[]): Promise<Told> {
  const told = { code: 0, stdout: '', stderr: '' };
  const program = programFor(answeringTo(told));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: (text) => (told.stdout += text) });
  }
  await program.parseAsync([...words], { from: 'user' }).catch((error: unknown) => {
    told.code = (error as CommanderError).exitCode;
  });
  return told;
}

/** With the id of a client that there is. */
async function withClient(words: readonly string[]): Promise<readonly string[]> {
  const at = words.indexOf('--client') + 1;
  if (at === 0) return words;
  const { stdout } = await run(['stats', words[1] ?? '', '-o', 'json']);
  const [client] = (JSON.parse(stdout) as Inspection).clients;
  return words.map((word, i) => (i === at ? (client?.id ?? '') : word));
}

function namesOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}
