/**
 * How near to its ideal time a whole batch comes: the batch command with worker processes of its own, three accounts at
 * strict providers in further processes, items of one size. `--kill N` kills one worker process (SIGKILL) after N
 * seconds. Prints the batch's own table and what the providers counted; fails if an item is missing, doubled or not ok.
 *
 *   npx tsx bench/batch.ts --workers 8 --items 850 --window 10 --calls 60 --connections 10 --kill 25
 */
import { parseArgs } from 'node:util';
import { type Account, MODEL, startProvider } from '../demo/providers';
import {
  batchFiles,
  readResults,
  removeBatchFiles,
  type RunningCommand,
  startBatch,
  workersOf,
} from '../test/support/batch-command';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    items: { type: 'string', default: '850' },
    window: { type: 'string', default: '10' },
    calls: { type: 'string', default: '60' },
    connections: { type: 'string', default: '10' },
    kill: { type: 'string' },
  },
});

const PLENTY = 1_000_000;
const [items, windowSeconds, calls, connections] = [values.items, values.window, values.calls, values.connections].map(
  Number,
) as [number, number, number, number];

async function main(): Promise<void> {
  const accounts = ['one', 'two', 'three'].map((name): Account => ({
    ...{ name, apiKey: `bench-key-${name}`, windowSeconds, calls, connections },
    ...{ inputTokens: PLENTY, outputTokens: PLENTY },
  }));
  const providers = await Promise.all(accounts.map(startProvider));
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
    const batch = startBatch(files, ['--workers', values.workers], { TEMPORAL_ADDRESS: '' });
    if (values.kill !== undefined) setTimeout(() => void killOne(batch), Number(values.kill) * 1_000).unref();
    const { code, stdout, stderr } = await batch.ended;
    const ids = (await readResults(files.output)).filter(({ ok }) => ok).map(({ id }) => id);
    const refused = await Promise.all(providers.map(async (provider) => (await provider.stats()).refused));
    process.stdout.write(stdout);
    process.stderr.write(stderr.slice(-500));
    console.log(`refused by the providers: ${JSON.stringify(refused)}`);
    console.log(`${items} items, ${ids.length} answers, ${new Set(ids).size} of them different, exit ${code}`);
    if (code !== 0 || ids.length !== items || new Set(ids).size !== items) process.exitCode = 1;
  } finally {
    await Promise.all(providers.map((provider) => provider.stop()));
    await removeBatchFiles();
  }
}

async function killOne(batch: RunningCommand): Promise<void> {
  const [victim] = await workersOf(batch);
  if (victim !== undefined) process.kill(victim, 'SIGKILL');
}

void main();
