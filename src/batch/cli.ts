#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { batchCommand, type BatchCommandOptions, EXIT } from './batch-command';

const MOST_WORKERS = 256;

async function main(): Promise<number> {
  const program = new Command('temporal-limits')
    .description('Sends prompts through several accounts of LLM providers at full quota, without a refusal.')
    .version(version())
    .exitOverride();
  let code: number = EXIT.ok;
  program
    .command('batch')
    .description('answer every prompt of a file')
    .requiredOption('--config <file>', 'limits.yaml: the accounts and what each allows')
    .requiredOption('--input <file>', 'a line {"id", "prompt", "maxTokens"} for each prompt')
    .requiredOption('--output <file>', 'gets a line for each prompt as it finishes')
    .option('--workers <number>', 'worker processes', workers, 2)
    .option('--force', 'replace an output file that exists', false)
    .addHelpText(
      'after',
      `
Exit codes: 0 every item is ok, 1 some are not, 2 bad options, config or input (nothing was started), 130 after Ctrl-C.`,
    )
    .exitOverride()
    .action(async (options: BatchCommandOptions) => {
      code = await batchCommand(options);
    });
  try {
    await program.parseAsync();
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
}

function workers(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_WORKERS) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_WORKERS}.`);
}

/** Of the nearest package.json above, compiled or not. */
function version(): string {
  for (const up of ['../..', '../../..']) {
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
