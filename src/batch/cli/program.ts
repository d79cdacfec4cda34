import { Command, CommanderError } from 'commander';
import { batchOptions } from './batch-options';
import { dashboardOptions } from './dashboard-options';
import { inventoryOptions } from './inventory-options';
import { EXIT } from '../errors/exit-code';
import { readManifest } from './manifest';
import { metricsOptions } from './metrics-options';

/** Runs the command line of this process. Resolves with the exit code. */
export async function runProgram(): Promise<number> {
  let code: number = EXIT.ok;
  const exit = (ended: number): void => void (code = ended);
  const program = new Command('temporal-limits')
    .description('Sends prompts through several accounts of LLM providers at full quota, without a refusal.')
    .version(readManifest().version)
    .exitOverride()
    .addCommand(batchOptions(exit))
    .addCommand(dashboardOptions(exit))
    .addCommand(metricsOptions(exit));
  for (const command of inventoryOptions(exit)) program.addCommand(command);
  try {
    await program.parseAsync();
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
}
