import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type BatchRecord, parseRecord } from './batch-record';
import { type LostWorker } from './lost-worker';
import { leaveFolder, ownFolder } from './owner-lock';
import { identify, type ProcessIdentity } from './process-identity';
import { UsageError } from '../errors/errors';
import { writeFileAtomically } from '../../client/files/atomic-write';

/** A process of a batch that takes tasks. */
export type RecordedWorker = LostWorker & { readonly process: ProcessIdentity };

const RECORD = 'batch.json';
const WORKER = /^worker-.*\.json$/;
/** What such a folder may hold. */
const OWN = /^(?:batch\.json|owner-|claim-|worker-|temporal\.db|output\.incoming)/;

/** Where a batch keeps what has to outlive its command: a folder beside the output, until every item is through. */
function batchFolderOf(output: string): string {
  return `${resolve(output)}.batch`;
}

/**
 * The batch that a folder is of, if it is of one.
 *
 * @throws {UsageError} if this release cannot continue it
 */
export async function readRecord(folder: string): Promise<BatchRecord | undefined> {
  const file = join(folder, RECORD);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseRecord(text, file);
}

/** The folder of a batch, in the hands of this process alone. */
export class BatchFolder {
  private constructor(
    readonly path: string,
    /** The batch that was there before and is not through. */
    readonly found: BatchRecord | undefined,
    /** A device or pipe keeps nothing, so nothing can be continued. */
    private readonly isPassing: boolean,
  ) {}

  /**
   * @throws {UsageError} if there is no folder for this output, while another command works at it, if there is something
   * else where its state goes, or if this release cannot continue its batch
   */
  static async claim(output: string): Promise<BatchFolder> {
    const isDevice = await stat(output).then(
      (found) => !found.isFile() && !found.isDirectory(),
      () => false,
    );
    if (isDevice) return new BatchFolder(await mkdtemp(join(tmpdir(), 'temporal-limits-')), undefined, true);
    const path = batchFolderOf(output);
    await requireFolder(dirname(path));
    await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw new UsageError(`${path} cannot be created (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    });
    const strange = (await readdir(path)).find((name) => !OWN.test(name));
    if (strange !== undefined) {
      const holds = `${path} holds ${JSON.stringify(strange)}, which is of no batch`;
      throw new UsageError(`${holds}: a batch keeps its state there, so move it, or name another output`);
    }
    const owner = await ownFolder(path);
    if (owner !== undefined) {
      const batch = (await readRecord(path))?.id ?? 'a batch';
      throw new UsageError(
        `${output} is being written by ${batch} (process ${owner.pid}): wait for it, end it, or name another output`,
      );
    }
    try {
      return new BatchFolder(path, await readRecord(path), false);
    } catch (error) {
      await leaveFolder(path);
      throw error;
    }
  }

  /** The file in which a Temporal server of the batch's own keeps its state. */
  get database(): string {
    return join(this.path, 'temporal.db');
  }

  async write(record: BatchRecord): Promise<void> {
    await writeFileAtomically(join(this.path, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  /** What is known of a process that takes tasks of this batch; what was noted of it before is replaced. */
  async noteWorker(pid: number, worker: LostWorker): Promise<void> {
    const noted: RecordedWorker = { ...worker, process: await identify(pid) };
    await writeFileAtomically(this.#fileOf(worker), JSON.stringify(noted));
  }

  async forgetWorker(worker: Pick<LostWorker, 'identity'>): Promise<void> {
    await rm(this.#fileOf(worker), { force: true });
  }

  /** The processes that have been noted, whether they run or not. */
  async notedWorkers(): Promise<RecordedWorker[]> {
    const files = (await readdir(this.path)).filter((name) => WORKER.test(name));
    const texts = await Promise.all(files.map((name) => readFile(join(this.path, name), 'utf8')));
    return texts.map((text) => JSON.parse(text) as RecordedWorker);
  }

  /** Drops what was there before. */
  async clear(): Promise<void> {
    await this.#drop((name) => !name.startsWith('owner-'));
  }

  /** Leaves everything to the next command. A folder without a batch goes. */
  async leave(): Promise<void> {
    if (this.isPassing || (await readRecord(this.path)) === undefined) await this.remove();
    else await leaveFolder(this.path);
  }

  async remove(): Promise<void> {
    await this.#drop(() => true);
    // what somebody has put there stays
    await rmdir(this.path).catch(() => undefined);
  }

  async #drop(isMeant: (name: string) => boolean): Promise<void> {
    const names = (await readdir(this.path).catch(() => [])).filter((name) => OWN.test(name) && isMeant(name));
    await Promise.all(names.map((name) => rm(join(this.path, name), { recursive: true, force: true })));
  }

  #fileOf({ identity }: Pick<LostWorker, 'identity'>): string {
    return join(this.path, `worker-${identity.replace(/[^\w-]/g, '_')}.json`);
  }
}

/** Making the folder would hide a typing error: the user would look for the results elsewhere. */
async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown');
  if (typeof found === 'object' && found.isDirectory()) return;
  const reason = typeof found === 'object' ? 'it is a file' : found;
  throw new UsageError(
    `there is no folder ${path} for the output (${reason}): create it, or name another with --output`,
  );
}
