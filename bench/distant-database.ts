/**
 * A batch on a production server whose database is far away, as where it is in another zone: for each round trip and each
 * number of workers, how long the calls took compared with their ideal time, how far the output was behind the providers,
 * for how long no call came although the limits let one through, and what was repeated or refused. Each goes to a server
 * of its own (scripts/real-server), and to three strict providers. Fails if a figure is beyond its bound.
 *
 *   npx tsx bench/distant-database.ts
 *   npx tsx bench/distant-database.ts --delay 4 --workers 8 --items 480
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Account, MODEL, type RunningProvider, startProvider } from '../demo/providers';
import { commandLine, numberOf, wholeOf } from '../scripts/support/command-line';
import { type RealServer, startRealServer } from '../scripts/real-server/real-server';
import { atLeast, atMost, type Figure, textOf } from '../simulator/loads/figure';
import { idealSeconds } from '../src/batch/report/ideal';
import { batchFiles, readResults, removeBatchFiles, startBatch } from '../test/support/batch-command';

/** What is promised at a round trip to the database of so many milliseconds. Unit: times the ideal, seconds. */
const BOUNDS: Readonly<Record<number, { readonly ideal: number; readonly behind: number; readonly stall: number }>> = {
  4: { ideal: 1.5, behind: 3, stall: 10 },
  20: { ideal: 3, behind: Infinity, stall: 10 },
};
const WORKERS = [2, 8];
const ACCOUNTS = 3;
const WINDOW_SECONDS = 10;
const CALLS = 60;
const PLENTY = 1_000_000;
/** As the demo's providers take for an answer of as many tokens as here, about. Unit: seconds. */
const LATENCY = 0.2;
const SAMPLE_MS = 50;

const { items, rounds } = commandLine(readArguments, 'options: --items N --delay MS --workers N');

interface Round {
  readonly delayMs: number;
  readonly workers: number;
}

/** How many answers there were at a moment. Unit: milliseconds. */
interface Sample {
  readonly at: number;
  readonly served: number;
  readonly written: number;
}

async function main(): Promise<void> {
  for (const round of rounds) {
    const server = await startRealServer({ databaseDelayMs: round.delayMs });
    const away = server.databaseRoundTripMs.toFixed(2);
    const figures = await measure(round, server).finally(() => server.stop());
    const isKept = figures.every((each) => each.isKept);
    console.log(`${isKept ? 'PASS' : 'FAIL'} database ${away} ms away, ${round.workers} workers, ${items} items:`);
    for (const each of figures) console.log(`  ${each.isKept ? '    ' : 'FAIL'} ${textOf(each)}`);
    if (!isKept) process.exitCode = 1;
  }
  await removeBatchFiles();
}

async function measure({ delayMs, workers }: Round, { address, namespace }: RealServer): Promise<readonly Figure[]> {
  const providers = await Promise.all(Array.from({ length: ACCOUNTS }, (_, i) => startProvider(accountOf(i))));
  const limits = [{ kind: 'call' as const, windowSeconds: WINDOW_SECONDS, capacity: CALLS }];
  const sets = providers.map(({ account: { name, apiKey }, url: baseURL }) => {
    return { name, config: { taskQueue: name, baseURL, apiKey, model: MODEL }, limits };
  });
  const input = Array.from({ length: items }, (_, i) => ({ id: `item-${i}`, prompt: `say ${i}`, maxTokens: 20 }));
  try {
    const files = await batchFiles({ sets }, input);
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const batch = startBatch(files, ['--workers', String(workers)], env);
    const { samples, code } = await watch(providers, files.output, batch.ended);
    const answered = (await readResults(files.output)).filter(({ ok }) => ok).map(({ id }) => id);
    const stats = await Promise.all(providers.map((provider) => provider.stats()));
    const sum = (of: (each: (typeof stats)[number]) => number): number =>
      stats.reduce((all, each) => all + of(each), 0);
    const first = Math.min(...stats.map(({ firstArrivalMs = NaN }) => firstArrivalMs));
    const last = Math.max(...stats.map(({ lastArrivalMs = NaN }) => lastArrivalMs));
    const seconds = (last - first) / 1_000 + LATENCY;
    const ideal = idealSeconds(sets, { items, units: {}, meanHoldSeconds: LATENCY });
    const bounds = BOUNDS[delayMs] ?? { ideal: Infinity, behind: Infinity, stall: Infinity };
    return [
      atMost(`times the ideal (${seconds.toFixed(1)} s of ${ideal.toFixed(1)})`, seconds / ideal, bounds.ideal),
      atMost('output behind the providers, s', longestBehind(samples) / 1_000, bounds.behind),
      atMost('longest time without a call, beyond a window, s', longestStall(samples) / 1_000, bounds.stall),
      atMost('calls repeated', sum(({ served, failed, abandoned }) => served + failed + abandoned) - items, 0),
      atMost(
        'refused',
        sum(({ refused }) => refused.calls),
        0,
      ),
      atMost('doubled in the output', answered.length - new Set(answered).size, 0),
      atLeast('answered', code === 0 ? new Set(answered).size : 0, items),
    ];
  } finally {
    await Promise.all(providers.map((provider) => provider.stop()));
  }
}

function accountOf(i: number): Account {
  return {
    ...{ name: `distant-${i}`, apiKey: `bench-key-${i}`, windowSeconds: WINDOW_SECONDS, calls: CALLS },
    ...{ connections: PLENTY, inputTokens: PLENTY, outputTokens: PLENTY },
  };
}

/** Compares what the providers have answered with what is in the output, until the batch has ended. */
async function watch(
  providers: readonly RunningProvider[],
  output: string,
  ended: Promise<{ readonly code: number | null }>,
): Promise<{ readonly samples: readonly Sample[]; readonly code: number | null }> {
  const samples: Sample[] = [];
  const over = new AbortController();
  void ended.then(() => over.abort());
  while (!over.signal.aborted) {
    const stats = await Promise.all(providers.map((provider) => provider.stats()));
    const served = stats.reduce((all, each) => all + each.served, 0);
    samples.push({ at: performance.now(), served, written: (await readResults(output)).length });
    await Promise.race([sleep(SAMPLE_MS), ended]);
  }
  return { samples, code: (await ended).code };
}

/** How long the n-th result was written after the n-th answer of the providers, at most. */
function longestBehind(samples: readonly Sample[]): number {
  const behind = samples.map(({ at, written }) => {
    const answeredAt = samples.find(({ served }) => served > written)?.at;
    return answeredAt === undefined ? 0 : Math.max(0, at - answeredAt);
  });
  return Math.max(0, ...behind);
}

/** A window that is used up keeps everyone waiting, but nobody for longer than it lasts. */
function longestStall(samples: readonly Sample[]): number {
  const grown = samples.filter(({ served }, i) => served > (samples[i - 1]?.served ?? 0));
  const gaps = grown.map(({ at }, i) => at - (grown[i - 1]?.at ?? at));
  return Math.max(0, Math.max(...gaps) - WINDOW_SECONDS * 1_000);
}

/** @throws Error that says what is wrong */
function readArguments(args: readonly string[]): { readonly items: number; readonly rounds: readonly Round[] } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string', default: '480' },
      delay: { type: 'string' },
      workers: { type: 'string' },
    },
  });
  const delays = values.delay === undefined ? [4, 20] : [numberOf('delay', values.delay)];
  const workers = values.workers === undefined ? WORKERS : [wholeOf('workers', values.workers)];
  const rounds = delays.flatMap((delayMs) => workers.map((each) => ({ delayMs, workers: each })));
  return { items: wholeOf('items', values.items), rounds };
}

void main().then(() => process.exit());
