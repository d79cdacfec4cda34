import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import Table from 'cli-table3';
import { type Spread } from './rounds';

/** What a benchmark found, as it is printed and written. */
export interface Finding {
  readonly title: string;
  readonly columns: readonly string[];
  /** The first of each is the name of the row. */
  readonly rows: readonly (readonly string[])[];
}

/** Prints the tables, and writes them with all numbers as JSON: to the path given, or to bench/results. */
export function report(bench: string, findings: readonly Finding[], numbers: unknown, path?: string): void {
  for (const { title, columns, rows } of findings) {
    const table = new Table({ head: [...columns], style: { head: [], border: [] } });
    table.push(...rows.map((row) => [...row]));
    console.log(`\n${title}\n${table.toString()}`);
  }
  const file = path ?? `bench/results/${bench}.json`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ bench, machine: machine(), findings, numbers }, undefined, 2)}\n`);
  console.log(`\nwritten to ${file}`);
}

/** With two digits, and all of those before the point. */
export function figure(value: number): string {
  return value < 99.5 ? value.toPrecision(2) : Math.round(value).toLocaleString('en');
}

/** Median and quartiles. */
export function figures({ median, low, high }: Spread): string {
  return `${figure(median)} (${figure(low)}–${figure(high)})`;
}

function machine(): Record<string, string | number> {
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    loadPerCore: Number(((loadavg()[0] ?? NaN) / cpus().length).toFixed(2)),
  };
}
