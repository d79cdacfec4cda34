/**
 * Puts the newest tables of the benchmarks into docs/benchmarks.md: each below a line `<!-- table: <benchmark> <number> -->`,
 * the number counting the benchmark's tables from 1. What has not been measured here stays as it is.
 *
 *   npm run bench && npx tsx bench/document.ts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { type Finding } from './support/report';

const FILE = 'docs/benchmarks.md';
const TABLE = /<!-- table: (?<bench>\S+) (?<number>\d+) -->\n(?:\n(?:\|.*\n)*)?/g;

async function main(): Promise<void> {
  const text = readFileSync(FILE, 'utf8').replace(TABLE, (before, bench: string, number: string) => {
    const finding = findingsOf(bench)?.[Number(number) - 1];
    if (finding === undefined) {
      console.log(`as it was: ${bench} ${number}`);
      return before;
    }
    const lines = [finding.columns, finding.columns.map(() => '---'), ...finding.rows];
    return `<!-- table: ${bench} ${number} -->\n\n${lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}\n`;
  });
  writeFileSync(FILE, await format(text, { ...(await resolveConfig(FILE)), parser: 'markdown' }));
}

function findingsOf(bench: string): readonly Finding[] | undefined {
  const file = `bench/results/${bench}.json`;
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly findings: readonly Finding[] }).findings;
}

void main();
