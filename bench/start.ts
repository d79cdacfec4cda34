/**
 * How soon there is work after a start, with the built package: from the batch command to its first call at the provider,
 * with a Temporal server of its own and at one that runs, and from `Worker.create` until a worker runs, with the plugin
 * and without. Each in processes of its own, some times; the median counts. Also of a user whose cache is empty. Fails if
 * one is later than promised, or if a command logs anything of a bundler.
 *
 *   npm run build && npx tsx bench/start.ts [file for the results]
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnDevServer } from '../scripts/support/dev-server';
import { batchFiles, removeBatchFiles, startBatch } from '../test/support/batch-command';
import { scriptedAccount, type ScriptedAccount } from '../test/support/scripted-account';
import { spread } from './support/rounds';
import { type Address } from './support/temporal';
import { report } from './support/report';

const PROGRAM = 'lib/src/batch/cli/cli.js';
const ROUNDS = 5;
const [SETS, ITEMS] = [3, 60];
const OWN_SERVER: NodeJS.ProcessEnv = { TEMPORAL_ADDRESS: '' };
const TOKENS = [{ kind: 'rate', key: 'input_tokens', windowSeconds: 10, capacity: 1_000_000 }];
const BUNDLER = /webpack|bundl/i;

/** What a start took, by what was started. Unit: milliseconds. */
const took = new Map<string, number[]>();
const logged: string[] = [];

async function main(path?: string): Promise<void> {
  if (!existsSync(PROGRAM)) throw new Error('not built: npm run build');
  const server = await startOwnDevServer();
  const account = await scriptedAccount(() => [200]);
  const cache = await mkdtemp(join(tmpdir(), 'temporal-limits-bench-'));
  const empty = async (): Promise<NodeJS.ProcessEnv> => ({ XDG_CACHE_HOME: await mkdtemp(join(cache, 'empty-')) });
  for (let round = 0; round < ROUNDS; round += 1) {
    note('batch, own server, 2 workers', await firstCall(account, 2));
    note('batch, own server, 2 workers, tokens counted', await firstCall(account, 2, undefined, TOKENS));
    note('batch, own server, 8 workers', await firstCall(account, 8));
    note('batch, running server, 2 workers', await firstCall(account, 2, at(server)));
    note('the same, nothing cached', await firstCall(account, 2, { ...at(server), ...(await empty()) }));
    note('worker, plain', await workerRuns(server, 'plain'));
    note('worker with the plugin', await workerRuns(server, 'plugin'));
    note('worker with the plugin, nothing cached', await workerRuns(server, 'plugin', await empty()));
  }
  await account.close();
  await server.stop();
  await removeBatchFiles();
  await rm(cache, { recursive: true });
  show(path);
}

function show(path?: string): void {
  const plain = medianOf('worker, plain');
  const targets: Readonly<Record<string, number>> = {
    'batch, own server, 2 workers': 2_500,
    'batch, own server, 8 workers': 3_500,
    'batch, running server, 2 workers': 1_500,
    'worker with the plugin': plain + 1_000,
    'worker with the plugin, nothing cached': plain + 1_000,
  };
  const rows = [...took].map(([what, times]) => {
    const [atMost, median] = [targets[what], medianOf(what)];
    const target = atMost === undefined ? ['–', ''] : [atMost.toFixed(0), median <= atMost ? 'PASS' : 'FAIL'];
    return [what, ...[Math.min(...times), median, Math.max(...times)].map((ms) => ms.toFixed(0)), ...target];
  });
  const told = logged.filter((text) => BUNDLER.test(text)).length;
  rows.push(['commands that log of a bundler', '', String(told), '', '0', told === 0 ? 'PASS' : 'FAIL']);
  const columns = ['', 'least, ms', 'median, ms', 'most, ms', 'at most', ''];
  const title = `From a command to its first call, and from Worker.create until it runs; ${ROUNDS} times each`;
  report('start', [{ title, columns, rows }], Object.fromEntries(took), path);
  if (rows.some((cells) => cells.includes('FAIL'))) process.exitCode = 1;
}

function note(what: string, ms: number): void {
  took.set(what, [...(took.get(what) ?? []), ms]);
}

function medianOf(what: string): number {
  return spread(took.get(what) ?? []).median;
}

function at({ address, namespace }: Address): NodeJS.ProcessEnv {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

/** Runs a whole batch. Resolves with what its first call took. Unit: milliseconds. */
async function firstCall(account: ScriptedAccount, workers: number, env = OWN_SERVER, tokens: readonly object[] = []) {
  const sets = Array.from({ length: SETS }, () => ({
    name: `start-${randomUUID()}`,
    config: { taskQueue: randomUUID(), baseURL: account.url, apiKey: 'none', model: 'gpt-4o-mini' },
    limits: [
      { kind: 'call', windowSeconds: 10, capacity: 60 },
      { kind: 'resource', key: 'connections', capacity: 10 },
      ...tokens,
    ],
  }));
  const input = Array.from({ length: ITEMS }, (_, i) => ({ id: `item-${i}`, prompt: `say ${i}`, maxTokens: 20 }));
  const files = await batchFiles({ sets }, input);
  const [before, begun] = [account.calls.length, performance.now()];
  const batch = startBatch(files, ['--workers', String(workers)], env, [PROGRAM]);
  const { code, stdout, stderr } = await batch.ended;
  logged.push(stdout + stderr);
  const called = account.calls[before];
  if (code !== 0 || called === undefined) throw new Error(`the batch ended with ${code}: ${stderr}`);
  return called - begun;
}

async function workerRuns(
  { address }: Address,
  kind: 'plain' | 'plugin',
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const worker = fork(join(__dirname, 'start/worker.ts'), [address, kind], {
    env: { ...process.env, TEMPORAL_ADDRESS: address, ...env },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => logged.push(text));
  const [ms] = (await once(worker, 'message')) as [number];
  await once(worker, 'exit');
  return ms;
}

void main(process.argv[2]).then(() => process.exit());
