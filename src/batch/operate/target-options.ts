import { type Command } from 'commander';

/** Which Temporal server; what is left out comes from the environment. */
export interface TargetOptions {
  readonly address?: string;
  readonly namespace?: string;
  /** Module with the data converter of the limiters. */
  readonly dataConverter?: string;
}

/** The options of a command that works on a namespace. */
export function withTarget(command: Command): Command {
  return command
    .option('--address <host:port>', 'the Temporal server (default: TEMPORAL_ADDRESS, or localhost:7233)')
    .option('--namespace <name>', 'its namespace (default: TEMPORAL_NAMESPACE, or default)')
    .option('--data-converter <module>', 'the data converter of the limiters, if they have one');
}
