#!/usr/bin/env node
/**
 * The `temporal-limits` command. The packages that only the commands need are optional for users of the library, so
 * nothing of the commands may be imported here before it is known that they are installed.
 */
import { EXIT } from '../errors/exit-code';
import { missingPackages } from './manifest';

async function main(): Promise<number> {
  const missing = missingPackages();
  if (missing.length > 0) {
    process.stderr.write(
      `The temporal-limits command needs ${missing.join(', ')}: run \`npx temporal-limits-cli\`, which includes them, ` +
        'or `npm install temporal-limits-cli` once.\n',
    );
    return EXIT.badInput;
  }
  const { runProgram } = await import('./program.js');
  return runProgram();
}

const STREAMS = [process.stdout, process.stderr];
/** Why what was printed has not arrived, as on a full disk. */
let loss: NodeJS.ErrnoException | undefined;

// who reads no more, as `head` does, ends neither a batch nor a command
for (const stream of STREAMS) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') loss = error;
  });
}

async function end(code: number): Promise<void> {
  await Promise.all(STREAMS.map((stream) => new Promise((resolve) => stream.write('', resolve))));
  if (loss === undefined) process.exit(code);
  process.stderr.write(`the output cannot be written (${loss.code ?? loss.message})\n`);
  process.exit(EXIT.someFailed);
}

main().then(end, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(EXIT.someFailed);
});
