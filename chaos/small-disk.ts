import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FILLER = 'filler';

/** A disk of a few megabytes, which can be filled to its last byte. */
export class SmallDisk {
  readonly #unmount = (): void => void execFileSync('umount', ['--lazy', this.folder]);

  private constructor(readonly folder: string) {
    process.once('exit', this.#unmount);
  }

  /** @returns nothing where this process may not mount one */
  static async mount(megabytes: number): Promise<SmallDisk | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-disk-'));
    try {
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
      return new SmallDisk(folder);
    } catch {
      await rmdir(folder);
      return undefined;
    }
  }

  /** Takes all that is left. */
  async fill(): Promise<void> {
    const file = await open(join(this.folder, FILLER), 'a');
    try {
      for (const size of [1_048_576, 4_096, 1]) {
        const piece = Buffer.alloc(size);
        while (
          await file.write(piece).then(
            ({ bytesWritten }) => bytesWritten > 0,
            () => false,
          )
        );
      }
    } finally {
      await file.close();
    }
  }

  /** Gives back what was taken. */
  async free(): Promise<void> {
    await rm(join(this.folder, FILLER), { force: true });
  }

  async unmount(): Promise<void> {
    process.off('exit', this.#unmount);
    // also while something on it is still open
    this.#unmount();
    await rmdir(this.folder);
  }
}
