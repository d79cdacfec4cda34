import { LOADS } from './loads';
import { measureLoad, type Measured } from './measure-load';

/** Measures the limiter at its bounds, and prints what it costs; its last line gives the sums. */
export async function runLoads(print: (line: string) => void): Promise<readonly Measured[]> {
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
