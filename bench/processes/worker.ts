/** One of the processes that share a limit: reports what its first acquisition took, then acquires as fast as it can. */
import { setImmediate } from 'node:timers/promises';
import { open, type Place } from './limiters';

/** What it is to do. */
export interface Order extends Place {
  /** Acquisitions that it waits for at once. */
  readonly atOnce: number;
  /** For so long it acquires before anything counts. */
  readonly warmUpMs: number;
  readonly forMs: number;
}

/** What it found. */
export interface Found {
  readonly acquisitions: number;
  /** Of some of them, from the request to the grant. Unit: milliseconds. */
  readonly latencies: readonly number[];
}

/** An acquisition of so many is timed. */
const SAMPLE = 37;
/** After so many it gives the event loop a turn, as work that does something does all the time. */
const BURST = 100;

async function main(): Promise<void> {
  const { atOnce, warmUpMs, forMs, ...place } = JSON.parse(process.argv[2] ?? '{}') as Order;
  // nobody else ends it if the benchmark dies
  process.once('disconnect', () => process.exit());
  const acquire = await open(place);
  const asked = performance.now();
  await acquire();
  process.send?.({ coldMs: performance.now() - asked });
  await new Promise((go) => process.once('message', go));
  const latencies: number[] = [];
  let acquisitions = 0;
  const begin = performance.now() + warmUpMs;
  const end = begin + forMs;
  const worker = async (): Promise<void> => {
    for (let mine = 1; performance.now() < end; mine += 1) {
      const begun = performance.now();
      await acquire();
      if (begun >= begin && (acquisitions += 1) % SAMPLE === 0) latencies.push(performance.now() - begun);
      if (mine % BURST === 0) await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const found: Found = { acquisitions, latencies: latencies.slice(-5_000) };
  process.send?.(found, () => process.exit());
}

void main();
