import { open, rename } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';

/** Writes a small file in one step: whoever reads it, also after a crash, finds the old content or the new, and never half. */
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
