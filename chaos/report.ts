import Table from 'cli-table3';
import { type Fault, type Outcome, type Skipped } from './fault';

/** What became of one fault: its outcome, or what should have been and was not. */
export interface Finding {
  readonly fault: Fault;
  readonly result: Outcome | Skipped | Error;
}

const HEAD = [
  ...['fault', 'items', 'units over', 'refused', 'lost', 'doubled', 'provider repeats'],
  ...['longest stall', 'slowest item', 'expected of the stall'],
];

/** A row for each fault. */
export function tableOf(findings: readonly Finding[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const { fault, result } of findings) {
    if ('items' in result) table.push(rowOf(fault, result));
    else table.push([fault.name, { colSpan: HEAD.length - 1, content: wordsOf(result) }]);
  }
  return table.toString();
}

/** One of them in a line, for whoever waits for the rest. */
export function lineOf({ fault, result }: Finding): string {
  const outcome =
    'items' in result ? `${result.items} items, longest stall ${inSeconds(result.stallMs)}` : wordsOf(result);
  return `${fault.name}: ${allHeld([{ fault, result }]) ? '' : 'NOT KEPT, '}${outcome}`;
}

/** All of them in one line. */
export function totalsOf(findings: readonly Finding[], seed: number): string {
  const outcomes = findings.flatMap(({ result }) => ('items' in result ? [result] : []));
  const sum = (key: Exclude<keyof Outcome, 'slowestMs'>): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const skipped = findings.filter(({ result }) => 'skipped' in result).length;
  const longest = Math.max(0, ...outcomes.map(({ stallMs }) => stallMs));
  return [
    `chaos: ${outcomes.length} faults`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${failuresIn(findings)} broken promises`,
    `${sum('items')} items`,
    `${sum('unitsOver')} units over the limit`,
    `${sum('refused')} refused`,
    `${sum('lost')} lost`,
    `${sum('doubled')} doubled`,
    `${sum('repeats')} repeats at the provider`,
    `longest stall ${inSeconds(longest)}`,
    `seed ${seed}`,
  ].join(', ');
}

/** Whether all that is promised was kept. */
export function allHeld(findings: readonly Finding[]): boolean {
  return findings.every(({ fault, result }) => {
    if (result instanceof Error) return false;
    if ('skipped' in result) return true;
    const { unitsOver, lost, doubled, refused } = result;
    return unitsOver === 0 && lost === 0 && doubled === 0 && refused <= fault.mostRefused;
  });
}

function failuresIn(findings: readonly Finding[]): number {
  return findings.filter((finding) => !allHeld([finding])).length;
}

function rowOf({ name, expected, mostRefused }: Fault, outcome: Outcome): string[] {
  const { items, unitsOver, refused, lost, doubled, repeats, stallMs, slowestMs } = outcome;
  const allowed = mostRefused === 0 ? '' : ` (at most ${mostRefused})`;
  const counts = [items, unitsOver, `${refused}${allowed}`, lost, doubled, repeats].map(String);
  return [name, ...counts, inSeconds(stallMs), slowestMs === undefined ? '' : inSeconds(slowestMs), expected];
}

function wordsOf(result: Skipped | Error): string {
  return result instanceof Error ? `broken: ${result.message}` : `skipped: ${result.skipped}`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
