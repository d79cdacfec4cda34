/** How a process came to nothing: the system did not start it, or it ended before it served anything. */
export type StartFailure = Error | { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const FEWER = 'or ask for fewer worker processes with --workers';

/** What helps where the system has no room for one more process. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EAGAIN: `the system allows no more processes: raise the limit (ulimit -u, or the container's), ${FEWER}`,
  ENOMEM: `the system has no memory left: make room, ${FEWER}`,
  EMFILE: `this process may open no more files: raise the limit (ulimit -n), ${FEWER}`,
  ENFILE: `the system can open no more files: raise its limit (fs.file-max), ${FEWER}`,
};

/** Worker processes cannot be started, again and again: the batch cannot go on. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';

  constructor(
    /** So often in a row it was tried. */
    readonly attempts: number,
    /** Of the last of them. */
    readonly failure: StartFailure,
  ) {
    super(`a worker process could not be started, ${attempts} times in a row: ${reasonOf(failure)}`);
  }
}

function reasonOf(failure: StartFailure): string {
  if (failure instanceof Error) {
    const { code = '' }: NodeJS.ErrnoException = failure;
    return [failure.message, SHORTAGES[code] ?? []].flat().join('; ');
  }
  if (failure.signal === null) return `it ended with exit code ${failure.code}, for the reason that it has told above`;
  return `it was ended by ${failure.signal}, as a system does that is short of memory: make room, ${FEWER}`;
}
