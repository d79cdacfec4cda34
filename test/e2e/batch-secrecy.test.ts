import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MODEL } from '../../demo/providers';
import { startStrictProvider } from '../../demo/strict-provider';
import {
  base64Forms,
  batchFiles,
  controlBatch,
  isAlive,
  removeBatchFiles,
  startInBackground,
  untilLines,
} from '../support/batch-command';
import { until } from '../support/until';

const KEY = 'sk-test-of-the-secretive';
/** Stands in every prompt; nothing but the provider may see it. */
const MARK = 'the slow brown secret of the prompt';
const FORMS = [KEY, MARK].flatMap((secret) => [secret, ...base64Forms(secret)]);
const env = { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' };
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await removeBatchFiles();
});

/** What lies in a folder and those below it, by name, as bytes. */
async function everyFile(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
  const files = (await Promise.all(names.map(async (name) => ((await stat(name)).isFile() ? [name] : [])))).flat();
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
}

it('keeps keys and prompts out of all that a batch leaves behind, tells, or shows of its processes', async () => {
  let held: Promise<void> | undefined = undefined;
  const provider = await startStrictProvider({
    apiKey: KEY,
    quotas: { windowMs: 1_000 },
    // what a provider says of a request may repeat it
    failure: (n) => (n % 5 === 2 ? { status: 400 } : n % 5 === 3 ? 'drop' : undefined),
    latencyMs: () => held ?? 20,
  });
  cleanups.push(() => provider.close());
  const name = randomUUID();
  const config = { taskQueue: name, baseURL: provider.url, apiKey: '${TEST_KEY}', model: MODEL };
  const limits = [{ kind: 'call', windowSeconds: 1, capacity: 10 }];
  const input = Array.from({ length: 100 }, (_, i) => ({ id: `item-${i}`, prompt: `${MARK} ${i}`, maxTokens: 5 }));
  const files = await batchFiles({ sets: [{ name, config, limits }] }, input);

  const { id, pid, started } = await startInBackground(files, [], env);
  await untilLines(files.output, 20);
  // or a slow machine would finish the batch before it is cancelled
  held = new Promise(() => undefined);
  const processes = await promisify(execFile)('ps', ['-A', '-o', 'args=']);
  const told = [started, { stdout: processes.stdout, stderr: '' }];
  for (const command of ['status', 'pause', 'status', 'resume', 'cancel'])
    told.push(await controlBatch(files, command, id));
  await until('the command has ended', () => !isAlive(pid));
  told.push(await controlBatch(files, 'status', id));

  const left = await everyFile(dirname(files.output));
  left.delete(files.input);
  const texts = [...left, ...told.map(({ stdout, stderr }, i) => [`output ${i}`, stdout + stderr] as const)];
  const seen = (word: string): string[] => texts.filter(([, text]) => text.includes(word)).map(([where]) => where);
  // it is looked for in what there is: results, log, registry, record, server's state, status and command lines
  const expected = ['out.jsonl', 'out.jsonl.log', `temporal-limits/${id}.json`, 'batch.json', 'temporal.db'];
  expect(expected.filter((file) => ![...left.keys()].some((path) => path.endsWith(`/${file}`)))).toEqual([]);
  expect(seen(name)).toContain('output 2');
  // what travels in messages is legible there: an item's id does, in its prompt's stead
  expect(seen('item-99')).toContainEqual(expect.stringMatching(/temporal\.db/));
  expect(processes.stdout).toContain('worker-process');
  expect(FORMS.flatMap(seen)).toEqual([]);
});
