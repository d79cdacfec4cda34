import { mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from '../../client/files/atomic-write';

/** Where a batch of this user is. */
export interface RegisteredBatch {
  readonly id: string;
  /** Where it keeps what outlives its command. */
  readonly folder: string;
  readonly output: string;
}

/** Ids are made by this command; what looks otherwise must not become a path. */
const ID = /^[\w-]{1,64}$/;

export async function registerBatch(batch: RegisteredBatch): Promise<void> {
  await mkdir(stateFolder(), { recursive: true, mode: 0o700 });
  await writeFileAtomically(fileOf(batch.id), JSON.stringify(batch));
}

export async function forgetBatch(id: string): Promise<void> {
  await rm(fileOf(id), { force: true });
}

/** The batch of an id, as far as a command on this machine has begun it and not seen it through. */
export async function findBatch(id: string): Promise<RegisteredBatch | undefined> {
  if (!ID.test(id)) return undefined;
  const text = await readFile(fileOf(id), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RegisteredBatch);
}

function fileOf(id: string): string {
  return join(stateFolder(), `${id}.json`);
}

function stateFolder(env = process.env): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'temporal-limits');
}
