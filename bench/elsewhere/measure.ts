import { type Account, MODEL, startProvider, type RunningProvider } from '../../demo/providers';
import { atLeast, atMost, type Figure } from '../../simulator/loads/figure';
import { idealSeconds } from '../../src/batch/report/ideal';
import { batchFiles, readResults, startBatch } from '../../test/support/batch-command';
import { UNSERVED } from '../../test/support/scripted-account';

/** A batch over two accounts that serve and one that does not. */
export interface Elsewhere {
  /** In which of the ways of {@link UNSERVED} one account does not serve. */
  readonly way: string;
  readonly items: number;
  /** What each of the others allows. */
  readonly windowSeconds: number;
  readonly calls: number;
}

const KEY = 'bench-key';
const PLENTY = 1_000_000;
/** As the demo's providers take for an answer of as many tokens as here, about. Unit: seconds. */
const LATENCY = 0.2;

/**
 * Runs the batch command on a Temporal server of its own. The last window has to have room to spare: where the items fill
 * the windows exactly, one lost unit costs a whole window.
 */
export async function measureElsewhere(elsewhere: Elsewhere): Promise<readonly Figure[]> {
  const { way, items, windowSeconds, calls } = elsewhere;
  const limits = [{ kind: 'call' as const, windowSeconds, capacity: calls }];
  const unserved = await UNSERVED[way]?.();
  const serving = await Promise.all(['one', 'two'].map((name) => startServing(name, elsewhere)));
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
    const seconds = Number(/([\d.]+) s; ideal/.exec(stdout)?.[1]);
    const ideal = idealSeconds(
      serving.map(() => ({ limits })),
      { items, units: {}, meanHoldSeconds: LATENCY },
    );
    return [
      atMost('failed', code === 0 ? items - ok : items, 0),
      atMost('calls to it in a minute', mostInAMinute(unserved?.calls ?? []), 5),
      atLeast(`% of the ideal of two accounts (${seconds} s of ${ideal.toFixed(1)})`, (ideal / seconds) * 100, 90),
    ];
  } finally {
    await unserved?.close();
    await Promise.all(serving.map((provider) => provider.stop()));
  }
}

function startServing(name: string, { windowSeconds, calls }: Elsewhere): Promise<RunningProvider> {
  const account: Account = {
    ...{ name, apiKey: KEY, windowSeconds, calls },
    ...{ inputTokens: PLENTY, outputTokens: PLENTY, connections: PLENTY },
  };
  return startProvider(account);
}

function mostInAMinute(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + 60_000).length));
}
