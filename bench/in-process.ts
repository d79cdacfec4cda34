/**
 * What an acquisition costs within one process: acquire, update the usage where there is one, release; for each algorithm,
 * as the window fills and the queue grows; beside other limiters, each for what it can do. Medians of short interleaved
 * rounds, with quartiles. Not measured: garbage collection under the heap of a large program, contention with other threads.
 *
 *   npx tsx bench/in-process.ts [file for the results]
 */
import { CASES, ENTRIES, nameOf } from './in-process/cases';
import { Concurry } from './in-process/concurry';
import { leased, own } from './in-process/own';
import { peers } from './in-process/peers';
import { telemetryCosts } from './in-process/telemetry';
import { kinds, queues } from './in-process/waiting';
import { figures, type Finding, report } from './support/report';
import { measure, type Spread } from './support/rounds';

interface Measured {
  readonly case: string;
  readonly spreads: ReadonlyMap<string, Spread>;
}

const QUEUES = [0, 1_000, 100_000] as const;

async function main(): Promise<void> {
  const concurry = Concurry.open();
  const findings: Finding[] = [];
  const numbers: Record<string, object> = {};
  const note = (title: string, found: readonly Measured[]): void => {
    findings.push(finding(title, found));
    numbers[title] = Object.fromEntries(found.map((row) => [row.case, Object.fromEntries(row.spreads)]));
  };
  for (const entries of ENTRIES) {
    const found: Measured[] = [];
    for (const shape of CASES) {
      const entry = { ...shape, entries };
      const contestants = [
        await own(entry),
        ...(entries === 0 ? [await leased(entry)] : []),
        ...(concurry?.contestant(entry) ?? []),
        ...(await peers(entry)),
      ];
      found.push({ case: nameOf(entry), spreads: await measure(contestants) });
    }
    note(`acquire + update + release, ${entries} live entries before the first (µs)`, found);
  }
  concurry?.close();
  const found: Measured[] = [];
  for (const waiting of QUEUES) {
    found.push({ case: `${waiting} waiting`, spreads: await measure(await queues(waiting)) });
  }
  note('a permit handed over to the next that waits (µs)', found);
  const perKinds = await measure(kinds(100_000));
  note('100,000 waiting for a permit, by kinds of requests (µs)', [
    { case: 'a permit handed over', spreads: perKinds },
  ]);
  numbers['ratio of 8 kinds to 1'] = {
    ratio: (perKinds.get('8 kinds')?.median ?? NaN) / (perKinds.get('1 kind')?.median ?? NaN),
  };
  findings.push(await telemetry(numbers));
  report('in-process', findings, numbers, process.argv[2]);
  // those that wait for a permit would wait on
  process.exit();
}

async function telemetry(numbers: Record<string, object>): Promise<Finding> {
  const title = 'acquire + update + release, and its metrics (µs)';
  const shapes = CASES.filter(({ algorithm }) => algorithm === 'SlidingWindow');
  const costs = await telemetryCosts(shapes.map((shape) => ({ ...shape, entries: 0 })));
  numbers[title] = Object.fromEntries(
    costs.map(({ name, spreads, ...cost }) => [name, { ...Object.fromEntries(spreads), ...cost }]),
  );
  const columns = ['', 'without events', 'nobody listens', 'with metrics', 'unheard / without', 'metrics - without'];
  const rows = costs.map(({ name, spreads, unheard, more }) => [
    ...[name, ...[...spreads.values()].map(figures)],
    ...[unheard.median.toFixed(3), more.median.toFixed(2)],
  ]);
  return { title, columns, rows };
}

function finding(title: string, found: readonly Measured[]): Finding {
  const names = [...new Set(found.flatMap(({ spreads }) => [...spreads.keys()]))];
  const hasReference = names.includes('concurry');
  return {
    title,
    columns: ['', ...names, ...(hasReference ? ['concurry / temporal-limits'] : [])],
    rows: found.map((row) => [
      row.case,
      ...names.map((name) => {
        const spread = row.spreads.get(name);
        return spread === undefined ? '' : figures(spread);
      }),
      ...(hasReference ? [times(row.spreads.get('concurry'), row.spreads.get('temporal-limits'))] : []),
    ]),
  };
}

function times(slower: Spread | undefined, faster: Spread | undefined): string {
  return slower === undefined || faster === undefined ? '' : (slower.median / faster.median).toFixed(0);
}

void main();
