/**
 * How near to its ideal time a whole batch comes: the batch command with worker processes of its own, some accounts at
 * strict providers in further processes, items of one size. `--kill N` kills one worker process (SIGKILL) after N
 * seconds, `--partitions N` spreads the items over N batch workflows, `--in-memory` uses a Temporal server that keeps
 * nothing on disk instead of the batch's own, `--program lib/src/batch/cli/cli.js` the command as it was built instead of
 * its source. With `TEMPORAL_ADDRESS` set, the batch uses the server there. Prints the batch's own table, what every process
 * has in memory as the batch continues, and what the providers counted;
 * fails if an item is missing, doubled or not ok.
 *
 *   npx tsx bench/batch.ts --workers 8 --items 850 --window 10 --calls 60 --connections 10 --kill 25
 *   npx tsx bench/batch.ts --accounts 6 --items 10000 --window 10 --calls 130 --connections 20
 */
import { parseArgs } from 'node:util';
import { type Account, MODEL, startProvider } from '../demo/providers';
import { commandLine, numberOf, wholeOf } from '../scripts/support/command-line';
import { obtainTemporal } from '../scripts/support/obtain-temporal';
import { startOwnDevServer } from '../scripts/support/dev-server';
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

const USAGE = `options: --workers N --items N --accounts N --window SECONDS --calls N --connections N
  --kill SECONDS --partitions N --in-memory --program FILE`;
const {
  items,
  accounts: accountCount,
  windowSeconds,
  calls,
  connections,
  ...options
} = commandLine(readArguments, USAGE);

/** When memory is looked at. Unit: percent of the items. */
const MARKS = [10, 30, 50, 70, 90] as const;

const PLENTY = 1_000_000;

async function main(): Promise<void> {
  const accounts = Array.from({ length: accountCount }, (_, i): Account => ({
    ...{ name: `account-${i}`, apiKey: `bench-key-${i}`, windowSeconds, calls, connections },
    ...{ inputTokens: PLENTY, outputTokens: PLENTY },
  }));
  const providers = await Promise.all(accounts.map(startProvider));
  await obtainTemporal();
  const server = options.isInMemory ? await startOwnDevServer() : undefined;
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
    const { workers, partitions, killAfterSeconds, program } = options;
    const spread = ['--workers', String(workers), '--partitions', String(partitions)];
    const batch = startBatch(
      files,
      spread,
      server === undefined ? {} : { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
      program === undefined ? program : [program],
    );
    const memory = watchMemory(batch, files.output);
    if (killAfterSeconds !== undefined) setTimeout(() => void killOne(batch), killAfterSeconds * 1_000).unref();
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

/** @throws Error that says what is wrong */
function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
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
  return {
    workers: wholeOf('workers', values.workers),
    items: wholeOf('items', values.items),
    accounts: wholeOf('accounts', values.accounts),
    windowSeconds: wholeOf('window', values.window),
    calls: wholeOf('calls', values.calls),
    connections: wholeOf('connections', values.connections),
    killAfterSeconds: values.kill === undefined ? undefined : numberOf('kill', values.kill),
    partitions: wholeOf('partitions', values.partitions),
    isInMemory: values['in-memory'],
    program: values.program,
  };
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
