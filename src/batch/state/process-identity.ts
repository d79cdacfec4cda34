import { readFile } from 'node:fs/promises';

/** A process, told apart from a later one that gets its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, as the system counts it; empty where that cannot be told. */
  readonly begun: string;
}

export async function identify(pid: number): Promise<ProcessIdentity> {
  return { pid, begun: (await beginningOf(pid)) ?? '' };
}

/** Whether that very process still runs. */
export async function isRunning({ pid, begun }: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // one that may not be signalled runs
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const found = await beginningOf(pid);
  return found === undefined || begun === '' || found === begun;
}

/** As Linux counts; after a restart of the machine the numbers begin anew. `ended`: its parent has yet to reap it. */
async function beginningOf(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // the name before it may hold anything, spaces and brackets too
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${boot.trim()}:${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}
