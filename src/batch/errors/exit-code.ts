import { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { LimitsError } from '../../limiter/errors/limits-error';
import { ConfigError, InputError, OutputError, TargetError, UsageError } from './errors';

/** The exit codes of the command. */
export const EXIT = { ok: 0, someFailed: 1, badInput: 2, interrupted: 130 } as const;

const BAD_INPUT = [ConfigError, DefinitionConflictError, InputError, TargetError, UsageError];

/** The exit code for what ended a command; `isOpen` once its output is being written. */
export function exitCodeOf(error: unknown, isOpen = false): number {
  return BAD_INPUT.some((kind) => error instanceof kind) || (error instanceof OutputError && !isOpen)
    ? EXIT.badInput
    : EXIT.someFailed;
}

/**
 * The exit code of a worker process: bad input is what every other process would fail at, too. A server that does not answer
 * one may answer the next.
 */
export function workerExitCodeOf(error: unknown): number {
  return error instanceof TargetError ? EXIT.someFailed : exitCodeOf(error);
}

/**
 * The innermost reason why something ended: an error from another process arrives wrapped. An error of this package says it
 * itself, and what helps.
 */
export function reasonOf(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && !(reason instanceof LimitsError) && reason.cause instanceof Error)
    reason = reason.cause;
  return reason instanceof Error ? reason.message : String(reason);
}
