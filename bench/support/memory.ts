import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a process is, by what its command line holds; guards of other processes have none of these, and are left out. */
const ROLES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/temporal server/, 'Temporal server'],
  [/worker-process/, 'worker'],
  [/batch\/cli|bench\//, 'command'],
];

/** Resident sets of a process and of all that it has started, by what they are. Unit: MiB. */
export async function residentSets(root: number): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,args=']);
  const all = stdout.split('\n').map((row) => {
    const [pid, parent, kilobytes, ...command] = row.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), kilobytes: Number(kilobytes), command: command.join(' ') };
  });
  const found: Record<string, number> = {};
  const add = (pid: number): void => {
    for (const process of all.filter((each) => each.pid === pid)) {
      const name = process.command.includes(' -e ') ? undefined : nameOf(process.command);
      if (name !== undefined) found[nextFree(name, found)] = Math.round(process.kilobytes / 1024);
    }
    for (const child of all.filter(({ parent }) => parent === pid)) add(child.pid);
  };
  add(root);
  return found;
}

function nameOf(command: string): string | undefined {
  return ROLES.find(([pattern]) => pattern.test(command))?.[1];
}

/** `worker`, `worker 2`, `worker 3`. */
function nextFree(name: string, taken: Readonly<Record<string, number>>): string {
  let number = 1;
  const numbered = (): string => (number === 1 ? name : `${name} ${number}`);
  while (numbered() in taken) number += 1;
  return numbered();
}
