import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isRunning, identify, type ProcessIdentity } from './process-identity';
import { writeFileAtomically } from '../../client/files/atomic-write';

const NOBODY = null;
const OWNER = /^owner-(\d{9})$/;

/**
 * Makes this process the owner of a folder, unless one that still runs is. Owners are numbered and the last one counts:
 * of two that take over from a dead one, only one gets the next number.
 *
 * @returns the process that owns it, if that is another one
 */
export async function ownFolder(folder: string): Promise<ProcessIdentity | undefined> {
  const claim = join(folder, `claim-${randomUUID()}`);
  try {
    // whole on the disk before it is anybody's
    await writeFile(claim, JSON.stringify(await identify(process.pid)), { flag: 'wx', flush: true });
    for (;;) {
      const last = await lastOwner(folder);
      const owner = await readOwner(folder, last);
      if (owner !== undefined && (await isRunning(owner))) return owner;
      if (await takes(claim, join(folder, nameOf(last + 1)))) return undefined;
    }
  } finally {
    await rm(claim, { force: true });
  }
}

/** The process that owns a folder now, if one does that still runs. */
export async function runningOwner(folder: string): Promise<ProcessIdentity | undefined> {
  const owner = await readOwner(folder, await lastOwner(folder));
  return owner !== undefined && (await isRunning(owner)) ? owner : undefined;
}

/** Lets another one own the folder. The number stays taken: if it could come back, two could take what follows. */
export async function leaveFolder(folder: string): Promise<void> {
  const last = await lastOwner(folder);
  if ((await readOwner(folder, last))?.pid !== process.pid) return;
  await writeFileAtomically(join(folder, nameOf(last)), JSON.stringify(NOBODY));
}

/** A link appears with its content, and only where nothing is. */
async function takes(claim: string, place: string): Promise<boolean> {
  return link(claim, place).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function lastOwner(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => Number(OWNER.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function readOwner(folder: string, number: number): Promise<ProcessIdentity | undefined> {
  const text = await readFile(join(folder, nameOf(number)), 'utf8').catch(() => undefined);
  // one that a crash has left empty is nobody's
  return text ? ((JSON.parse(text) as ProcessIdentity | typeof NOBODY) ?? undefined) : undefined;
}

function nameOf(number: number): string {
  return `owner-${String(number).padStart(9, '0')}`;
}
