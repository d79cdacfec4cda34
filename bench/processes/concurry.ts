import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CONCURRY } from '../in-process/concurry';
import { pythonWith } from '../support/python-packages';
import { type Found } from './worker';

/** A wheel of 80 MB. */
const RAY = 'ray==2.60.0';
/** Ray takes seconds to start, and so does each of its workers. */
const LONGEST_MS = 120_000;

const FLEETS = [
  { limiter: "concurry's Ray actor", mode: 'ray', packages: [CONCURRY, RAY] },
  { limiter: "concurry's process mode", mode: 'process', packages: [CONCURRY] },
] as const;

/** What the workers of one of concurry's modes found. */
export interface ConcurryFleet {
  readonly limiter: string;
  measure(processes: number, warmUpMs: number, forMs: number): Promise<Found & { readonly cold: readonly number[] }>;
}

/** The modes in which processes share concurry's limits. One that cannot be had is left out, and it says so. */
export function concurryFleets(): ConcurryFleet[] {
  return FLEETS.flatMap(({ limiter, mode, packages }) => {
    const python = pythonWith(...packages);
    if (python === undefined) return [];
    return {
      limiter,
      async measure(processes, warmUpMs, forMs) {
        const order = { mode, processes, warm_up_ms: warmUpMs, for_ms: forMs };
        const { stdout } = await promisify(execFile)(
          python,
          [join(__dirname, 'concurry-fleet.py'), JSON.stringify(order)],
          { timeout: LONGEST_MS, maxBuffer: 64 * 1024 * 1024 },
        );
        const { cold, latencies } = JSON.parse(stdout) as Record<'cold' | 'latencies', number[]>;
        return { cold, latencies, acquisitions: latencies.length };
      },
    };
  });
}
