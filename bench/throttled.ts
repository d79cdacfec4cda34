/**
 * A provider that answers 429 for a while, and a fleet of workers whose limits hear that: how many calls it refuses, and
 * how soon all is done once it serves again. With and without a hint of when to come back.
 *
 *   npx tsx bench/throttled.ts --jobs 300 --processes 4 --outage 30
 */
import { numericOptions } from '../scripts/support/command-line';
import { CallLimit, ResourceLimit } from '../src/index';
import { report } from './support/report';
import { startTemporal } from './support/temporal';
import { playOutage } from './throttled/outage';

const { jobs, processes, outage, calls, connections } = numericOptions({
  ...{ jobs: 300, processes: 4, outage: 30, calls: 100, connections: 8 },
});

async function main(): Promise<void> {
  const temporal = await startTemporal();
  const limits = [
    new CallLimit({ capacity: calls, windowSeconds: 1 }),
    new ResourceLimit({ key: 'connections', capacity: connections }),
  ];
  const rows: string[][] = [];
  const found = [];
  for (const hint of [true, false]) {
    const of = await playOutage(temporal.server, { limits, processes, jobs, outageMs: outage * 1_000, hint });
    found.push({ hint, ...of });
    const kind = hint ? 'says when to come back' : 'says only that it refuses';
    rows.push([kind, String(of.refused), String(of.unitsOver), (of.doneAfterMs / 1_000).toFixed(1)]);
  }
  const account = `${calls} calls a second over ${connections} connections`;
  const title = `${jobs} jobs in ${processes} processes, ${account}; the provider answers 429 for ${outage} s`;
  const columns = ['the provider', 'calls refused', 'units over', 'all done so long after, s'];
  report('throttled', [{ title, columns, rows }], found);
  await temporal.stop();
}

void main();
