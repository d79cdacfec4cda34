/**
 * Proves one part of what is promised, and says in its last line what came of it: `npm run prove -- security`. The tests run
 * in every verification, too; a program, which takes long, runs only here.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commandLine, oneOf } from './support/command-line';
import { PARTS } from './support/parts-to-prove';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that could not be run at all. */
  readonly numRuntimeErrorTestSuites: number;
}

const { part, meant } = commandLine(
  (args) => {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    if (positionals.length !== 1) throw new Error(`expected the name of one part, got ${positionals.length}`);
    return { part: positionals[0], meant: oneOf('part', positionals[0] ?? '', PARTS) };
  },
  `npm run prove -- ${Object.keys(PARTS).join(' | ')}`,
);

if (typeof meant === 'string') proveByTests(meant);
else proveByProgram(require.resolve(meant.program));

function proveByTests(pattern: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'temporal-limits-prove-'));
  const file = path.join(folder, 'result.json');
  const jest = require.resolve('jest/bin/jest');
  spawnSync(process.execPath, [jest, '--testPathPatterns', pattern, '--json', '--outputFile', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const result = JSON.parse(readFileSync(file, 'utf8')) as JestResult;
  rmSync(folder, { recursive: true });
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  console.log(`${part}: ${result.numPassedTests} passed, ${failed} failed`);
  if (failed > 0 || result.numPassedTests === 0) process.exitCode = 1;
}

/** It prints its own last line. */
function proveByProgram(file: string): void {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = status ?? 1;
}
