/**
 * What a batch loses to an account that does not serve: two accounts at strict providers that do, and a third that answers
 * at once that it does not, in each of the ways that there are. Prints the seconds beside the ideal of the two alone, and
 * the calls that the third got in a minute; fails if an item did, if those were more than 5, or if less than 90 % of the ideal was reached.
 * The last window has to have room to spare: where the items fill the windows exactly, one lost unit costs a whole window.
 *
 *   npx tsx bench/batch-elsewhere.ts
 *   npx tsx bench/batch-elsewhere.ts --items 1000 --window 10 --calls 60 --only server_error
 */
import { parseArgs } from 'node:util';
import { type Account, MODEL, startProvider, type RunningProvider } from '../demo/providers';
import { commandLine, wholeOf } from '../scripts/support/command-line';
import { obtainTemporal } from '../scripts/support/obtain-temporal';
import { idealSeconds } from '../src/batch/report/ideal';
import { batchFiles, readResults, removeBatchFiles, startBatch } from '../test/support/batch-command';
import { UNSERVED } from '../test/support/scripted-account';
import { tableRows } from '../test/support/table-rows';

const { items, windowSeconds, calls, only } = commandLine(
  readArguments,
  'options: --items N --window SECONDS --calls N --only WAY',
);

const KEY = 'bench-key';
const PLENTY = 1_000_000;
const MOST_CALLS_A_MINUTE = 5;
/** As the demo's providers take for an answer of as many tokens as here, about. Unit: seconds. */
const LATENCY = 0.2;

const limits = [{ kind: 'call' as const, windowSeconds, capacity: calls }];

async function main(): Promise<void> {
  await obtainTemporal();
  for (const way of Object.keys(UNSERVED)) if (only === undefined || only === way) await measure(way);
  await removeBatchFiles();
}

async function measure(way: string): Promise<void> {
  const unserved = await UNSERVED[way]?.();
  const serving = await Promise.all(['one', 'two'].map(startServing));
  const accounts = [unserved, ...serving].flatMap((account) => account ?? []);
  try {
    const sets = accounts.map(({ url: baseURL }, i) => {
      const name = `bench-${way}-${i}`;
      return { name, config: { taskQueue: name, baseURL, apiKey: KEY, model: MODEL }, limits };
    });
    const input = Array.from({ length: items }, (_, i) => ({ id: `item-${i}`, prompt: `say ${i}`, maxTokens: 20 }));
    const files = await batchFiles({ sets }, input);
    const { code, stdout } = await startBatch(files, [], { TEMPORAL_ADDRESS: '' }).ended;
    const ok = (await readResults(files.output)).filter((result) => result.ok).length;
    const seconds = Number(tableRows(stdout).find(([name]) => name === 'seconds')?.[1]);
    const ideal = idealSeconds(
      serving.map(() => ({ limits })),
      { items, units: {}, meanHoldSeconds: LATENCY },
    );
    const most = mostInAMinute(unserved?.calls ?? []);
    console.log(
      `${way}: ${items - ok} failed, ${seconds} s of ideal ${ideal.toFixed(1)} (${((ideal / seconds) * 100).toFixed(1)} %), ` +
        `${unserved?.calls.length ?? 0} calls to it, at most ${most} in a minute`,
    );
    if (code !== 0 || ok !== items || most > MOST_CALLS_A_MINUTE || !(ideal >= seconds * 0.9)) process.exitCode = 1;
  } finally {
    await unserved?.close();
    await Promise.all(serving.map((provider) => provider.stop()));
  }
}

function startServing(name: string): Promise<RunningProvider> {
  const account: Account = {
    ...{ name, apiKey: KEY, windowSeconds, calls },
    ...{ inputTokens: PLENTY, outputTokens: PLENTY, connections: PLENTY },
  };
  return startProvider(account);
}

function mostInAMinute(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + 60_000).length));
}

/** @throws Error that says what is wrong */
function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string', default: '1000' },
      window: { type: 'string', default: '10' },
      calls: { type: 'string', default: '60' },
      only: { type: 'string' },
    },
  });
  const ways = Object.keys(UNSERVED);
  if (values.only !== undefined && !ways.includes(values.only)) throw new Error(`--only: one of ${ways.join(', ')}`);
  return {
    items: wholeOf('items', values.items),
    windowSeconds: wholeOf('window', values.window),
    calls: wholeOf('calls', values.calls),
    only: values.only,
  };
}

void main().then(() => process.exit());
