/**
 * Records `npm run demo` as the picture at the top of the README: `npm run docs:recording`. It takes a minute and a quiet
 * machine, and needs `script` of util-linux.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { framesOf, writtenIn, type Written } from './support/terminal-frames';
import { terminalSvg } from './support/terminal-svg';

const PICTURE = 'docs/images/demo.svg';
const SIZE = { columns: 102, rows: 31 };
const SPEED = 3;
const COMMAND = 'node --import tsx demo/run.ts';
const TITLE = 'npm run demo: three accounts answer 727 texts at full quota, and refuse none';

/** What a user would have typed. */
const PROMPT: Written = { atMs: 0, text: Buffer.from('\u001b[1;32m$\u001b[0m npm run demo\r\n') };

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'temporal-limits-recording-'));
  try {
    const output = path.join(folder, 'output');
    const timing = path.join(folder, 'timing');
    const inTerminal = `stty cols ${SIZE.columns} rows ${SIZE.rows}; exec ${COMMAND}`;
    const args = ['-q', '-e', '-c', inTerminal, '-O', output, '-T', timing];
    execFileSync('script', args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const written = writtenIn(readFileSync(output), readFileSync(timing, 'utf8'));
    const frames = await framesOf([PROMPT, ...written], SIZE);
    writeFileSync(PICTURE, terminalSvg(frames, SIZE, SPEED, TITLE));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
