import { type BatchContent, type BatchRecord, refuseOtherBatch } from './batch-record';
import { OutputError, UsageError } from '../errors/errors';
import { type OutputContents } from '../files/output';

/** How a command is to begin. */
export interface ResumeOptions {
  /** Begin anew, whatever there is. */
  readonly force: boolean;
  /** Continue; there must be something to continue. */
  readonly resume: boolean;
  /** Continue, and do again what failed. */
  readonly retryFailed: boolean;
}

/** What a command finds at its output. */
export interface Findings {
  readonly output: string;
  readonly isDevice: boolean;
  /** The batch that is not through. */
  readonly record: BatchRecord | undefined;
  readonly contents: OutputContents | undefined;
  readonly content: BatchContent;
  /** Whether an id is one of the input's. */
  readonly knows: (id: string) => boolean;
}

/** What to do: begin, or continue an interrupted batch or an output. */
export type ResumePlan = 'begin' | 'goOn' | 'goOnFromOutput';

/**
 * Decides how a command begins. It continues an unfinished batch without being asked, and an output whose batch is
 * unknown only if it is asked to.
 *
 * @throws {UsageError} if what was asked for cannot be, or what is there belongs to another batch
 * @throws {OutputError} if the output exists and no option says what to do with it
 */
export function planBatch({ force, resume, retryFailed }: ResumeOptions, findings: Findings): ResumePlan {
  const { output, isDevice, record, contents, content, knows } = findings;
  const option = resume ? '--resume' : retryFailed ? '--retry-failed' : undefined;
  if (force && option !== undefined)
    throw new UsageError(`--force starts over, ${option} continues: pass only one of them`);
  if (option !== undefined && isDevice) throw new UsageError(`${option}: ${output} has nothing to continue from`);
  if (force || isDevice) return 'begin';
  if (record === undefined && contents === undefined) {
    if (option === undefined) return 'begin';
    throw new UsageError(`${option}: there is nothing to continue at ${output}; run the command without ${option}`);
  }
  if (record !== undefined) refuseOtherBatch(record, content, output);
  else if (option === undefined) throw new OutputError(output, 'exists');
  const stranger = [...(contents?.answered.keys() ?? [])].find((id) => !knows(id));
  if (stranger !== undefined) {
    throw new UsageError(`${output} has a result for ${JSON.stringify(stranger)}, which is not an item of this input`);
  }
  return record === undefined ? 'goOnFromOutput' : 'goOn';
}
