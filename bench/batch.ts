/**
 * How near to its ideal time a whole batch comes: the batch command with worker processes of its own, some accounts at
 * strict providers in further processes, items of one size. `--kill N` kills one worker process (SIGKILL) after N
 * seconds, `--partitions N` spreads the items over N batch workflows, `--in-memory` uses a Temporal server that keeps
 * nothing on disk instead of the batch's own, `--program lib/src/batch/cli.js` the command as it was built instead of its source.
 * Prints the batch's own table, what every process has in memory as the batch goes on, and what the providers counted;
 * fails if an item is missing, doubled or not ok.
 *
 *   npx tsx bench/batch.ts --workers 8 --items 850 --window 10 --calls 60 --connections 10 --kill 25
 *   npx tsx bench/batch.ts --accounts 6 --items 10000 --window 10 --calls 130 --connections 20
 */
import { parseArgs } from 'node:util';
import { type Account, MODEL, startProvider } from '../demo/providers';
import { startDevServer } from '../src/client/dev-server';
import {
  batchFiles,
  readResults,
  removeBatchFiles,
  type RunningCommand,
  startBatch,
  untilLines,
  workersOf,
} from '../test/support/batch-command';
import { residentSets } from './support/memory';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    items: { type: 'string', default: '850' },
    accounts: { type: 'string', default: '3' },
    window: { type: 'string', default: '10' },
    calls: { type: 'string', default: '60' },
    connections: { type: 'string', default: '10' },
    kill: { type: 'string' },
    partitions: { type: 'string', default: '1' },
    'in-memory': { type: 'boolean', default: false },
    program: { type: 'string' },
  },
});

/** When memory is looked at. Unit: percent of the items. */
const MARKS = [10, 30, 50, 70, 90] as const;

const PLENTY = 1_000_000;
const [items, accountCount, windowSeconds, calls, connections] = [
  values.items,
  values.accounts,
  values.window,
  values.calls,
  values.connections,
].map(Number) as [number, number, number, number, number];

async function main(): Promise<void> {
  const accounts = Array.from({ length: accountCount }, (_, i): Account => ({
    ...{ name: `account-${i}`, apiKey: `bench-key-${i}`, windowSeconds, calls, connections },
    ...{ inputTokens: PLENTY, outputTokens: PLENTY },
  }));
  const providers = await Promise.all(accounts.map(startProvider));
  const server = values['in-memory'] ? await startDevServer({ namespace: 'default' }) : undefined;
  try {
    const sets = providers.map(({ account, url }) => ({
      name: `bench-${account.name}`,
      config: { taskQueue: account.name, baseURL: url, apiKey: account.apiKey, model: MODEL },
      limits: [
        { kind: 'call', windowSeconds, capacity: calls },
        { kind: 'resource', key: 'connections', capacity: connections },
      ],
    }));
    const input = Array.from({ length: items }, (_, i) => ({ id: `item-${i}`, prompt: `say ${i}`, maxTokens: 20 }));
    const files = await batchFiles({ sets }, input);
    const options = ['--workers', values.workers, '--partitions', values.partitions];
    const program = values.program === undefined ? undefined : [values.program];
    const batch = startBatch(files, options, { TEMPORAL_ADDRESS: server?.address ?? '' }, program);
    const memory = watchMemory(batch, files.output);
    if (values.kill !== undefined) setTimeout(() => void killOne(batch), Number(values.kill) * 1_000).unref();
    const { code, stdout, stderr } = await batch.ended;
    const ids = (await readResults(files.output)).filter(({ ok }) => ok).map(({ id }) => id);
    const refused = await Promise.all(providers.map(async (provider) => (await provider.stats()).refused));
    process.stdout.write(stdout);
    process.stderr.write(stderr.slice(-500));
    for (const line of memory) console.log(line);
    console.log(`refused by the providers: ${JSON.stringify(refused)}`);
    console.log(`${items} items, ${ids.length} answers, ${new Set(ids).size} of them different, exit ${code}`);
    if (code !== 0 || ids.length !== items || new Set(ids).size !== items) process.exitCode = 1;
  } finally {
    await Promise.all(providers.map((provider) => provider.stop()));
    await server?.stop();
    await removeBatchFiles();
  }
}

/** What the processes of a batch have in memory at the marks, a line for each that it has come to. */
function watchMemory({ process: { pid = 0 }, ended }: RunningCommand, output: string): readonly string[] {
  const lines: string[] = [];
  const watch = async (): Promise<void> => {
    for (const mark of MARKS) {
      await untilLines(output, Math.ceil((items * mark) / 100));
      const found = Object.entries(await residentSets(pid)).map(([name, megabytes]) => `${name} ${megabytes} MiB`);
      lines.push(`in memory at ${mark} %: ${found.join(', ')}`);
    }
  };
  void Promise.race([watch(), ended]);
  return lines;
}

async function killOne(batch: RunningCommand): Promise<void> {
  const [victim] = await workersOf(batch);
  if (victim !== undefined) process.kill(victim, 'SIGKILL');
}

void main().then(() => process.exit());
