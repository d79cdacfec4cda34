import { statfs } from 'node:fs/promises';
import { OutputError } from '../errors/errors';

/** With less, the next thing that a server writes may not fit. Unit: bytes. */
const LEAST = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;

/** Tells when a disk is full, until it is stopped. */
export interface DiskSpaceWatch {
  /** Rejects with an {@link OutputError} when there is no room any more. Never resolves. */
  readonly gone: Promise<never>;
  stop(): void;
}

/**
 * Watches the disk on which a batch's own Temporal server keeps its state. A server whose disk is full still answers,
 * but does nothing: without this, the batch would stop without a reason.
 *
 * @throws {@link OutputError} if there is no room to begin with
 */
export async function watchDiskSpace(folder: string): Promise<DiskSpaceWatch> {
  await refuseFull(folder);
  let tell: (error: unknown) => void = () => undefined;
  const gone = new Promise<never>((_resolve, reject) => (tell = reject));
  gone.catch(() => undefined); // reported to those that await it
  const timer = setInterval(() => void refuseFull(folder).catch(tell), LOOK_EVERY_MS).unref();
  return { gone, stop: () => clearInterval(timer) };
}

async function refuseFull(folder: string): Promise<void> {
  // where the system does not tell, it is found out by writing
  const found = await statfs(folder).catch(() => undefined);
  if (found !== undefined && found.bavail * found.bsize < LEAST) throw new OutputError(folder, 'ENOSPC');
}
