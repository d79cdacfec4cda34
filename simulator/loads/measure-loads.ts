import { Fleet } from '../fleet/fleet';
import type { FleetWatch } from '../fleet/fleet-watch';
import type { Load } from './load';
import { LOADS } from './loads';

/** What a load has cost, and its outcome. */
export interface Measured {
  readonly acquisitions: number;
  /** Requests refused, of all that were made. */
  readonly refused: number;
  readonly waiting: number;
  /** Clients that the limiter knows at the end. */
  readonly clients: number;
  readonly wakes: number;
  /** What a wake of the limiter took, in real time: on average, and at most. Unit: milliseconds. */
  readonly wakeMs: number;
  readonly longestWakeMs: number;
  /** Of the virtual time, the share that the limiter's wakes took in real time. */
  readonly busy: number;
  /** The largest snapshot. Unit: bytes. */
  readonly snapshotBytes: number;
  /** Units or permits above a limit. */
  readonly excess: number;
  readonly runs: number;
}

/** Weighing a snapshot takes longer than a wake. */
const WEIGH_EVERY = 50;

/** Plays a load, on a network that works. */
async function measureLoad({ definition, processes, seconds, begin }: Load): Promise<Measured> {
  let [refused, wakes, snapshotBytes, longestWakeMs, excess, busyMs] = [0, 0, 0, 0, 0, 0];
  const watch: FleetWatch = {
    refused: () => (refused += 1),
    permitsUsed: (_key, _amount, over) => (excess = Math.max(excess, over)),
    woke(state) {
      wakes += 1;
      longestWakeMs = Math.max(longestWakeMs, fleet.limiter.busyMs - busyMs);
      if (wakes % WEIGH_EVERY === 1) snapshotBytes = Math.max(snapshotBytes, JSON.stringify(state()).length);
      ({ busyMs } = fleet.limiter);
    },
  };
  const fleet: Fleet = new Fleet({ seed: 1, clients: processes, definition, watches: [watch] });
  begin(fleet);
  await fleet.runFor(seconds * 1_000);
  return {
    acquisitions: fleet.started,
    refused,
    waiting: fleet.processes.reduce((sum, { waiting }) => sum + waiting, 0),
    clients: fleet.limiter.allocator?.stats(fleet.now).clients ?? 0,
    wakes,
    wakeMs: fleet.limiter.busyMs / Math.max(1, wakes),
    longestWakeMs,
    busy: fleet.limiter.busyMs / (seconds * 1_000),
    snapshotBytes,
    excess: Math.max(excess, fleet.worstExcess(), 0),
    runs: fleet.limiter.traffic.runs,
  };
}

/** Measures the limiter at its bounds, and prints what it costs; its last line gives the sums. */
export async function measureLoads(print: (line: string) => void): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const load of LOADS) {
    const measured = await measureLoad(load);
    all.push(measured);
    const { acquisitions, waiting, refused, clients, wakes, snapshotBytes, excess, runs } = measured;
    print(
      [
        `${load.name} (${load.seconds} s):`,
        `  ${acquisitions} acquired, ${waiting} wait, ${refused} refused; ${clients} clients known, ${runs} times as new, ${excess} above a limit`,
        `  ${wakes} wakes of ${measured.wakeMs.toFixed(2)} ms (longest ${measured.longestWakeMs.toFixed(0)}), ${(100 * measured.busy).toFixed(1)} % of a core, snapshot ${Math.ceil(snapshotBytes / 1e3)} kB`,
      ].join('\n'),
    );
  }
  const sum = (of: (measured: Measured) => number): number => all.reduce((total, measured) => total + of(measured), 0);
  print(
    `${all.length} loads, ${sum(({ acquisitions }) => acquisitions)} acquisitions, ${sum(({ excess }) => excess)} above a limit, ${sum(({ refused }) => refused)} refused, longest wake ${Math.max(...all.map(({ longestWakeMs }) => longestWakeMs)).toFixed(0)} ms`,
  );
  return all;
}
