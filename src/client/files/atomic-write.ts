import { open, rename } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';

/** Writes a small file in one step: a reader finds the old content or the new, never half, even after a crash. */
export async function writeFileAtomically(file: string, content: string): Promise<void> {
  const incoming = `${file}.${randomUUID()}.incoming`;
  const handle = await open(incoming, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(incoming, file);
}
