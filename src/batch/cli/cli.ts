#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { batchOptions } from './batch-options';
import { EXIT } from '../errors/exit-code';

async function main(): Promise<number> {
  let code: number = EXIT.ok;
  const exit = (ended: number): void => void (code = ended);
  const program = new Command('temporal-limits')
    .description('Sends prompts through several accounts of LLM providers at full quota, without a refusal.')
    .version(version())
    .exitOverride()
    .addCommand(batchOptions(exit));
  try {
    await program.parseAsync();
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
}

/** Of the nearest package.json above, compiled or not. */
function version(): string {
  for (const up of ['../../..', '../../../..']) {
    try {
      const manifest = JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8')) as { version: string };
      return manifest.version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(EXIT.someFailed);
  },
);
