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

// who reads no more, as `head` does, ends neither a batch nor a command
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(EXIT.someFailed);
  },
);
