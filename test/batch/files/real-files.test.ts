import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStdout, outputBehindLinks, readableInput } from '../../../src/batch/files/real-files';

let home: string;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'real-files-')));
});
afterEach(() => rm(home, { recursive: true }));

describe('an output', () => {
  it('is the file behind its links, whether that is there or not', async () => {
    const file = join(home, 'out.jsonl');
    await symlink(file, join(home, 'direct.jsonl'));
    await symlink('direct.jsonl', join(home, 'twice.jsonl'));
    await mkdir(join(home, 'real'));
    await symlink('real', join(home, 'folder'));
    for (let i = 0; i < 2; i += 1) {
      for (const name of ['direct.jsonl', 'twice.jsonl']) expect(await outputBehindLinks(join(home, name))).toBe(file);
      await writeFile(file, '');
    }
    expect(await outputBehindLinks(join(home, 'folder', 'new.jsonl'))).toBe(join(home, 'real', 'new.jsonl'));
  });

  it('is what it is called where there is no link, also one that leads to itself', async () => {
    expect(await outputBehindLinks('no-such-file.jsonl')).toBe('no-such-file.jsonl');
    expect(await outputBehindLinks('/dev/null')).toBe('/dev/null');
    const circle = join(home, 'circle');
    await symlink('circle', circle);
    expect(await outputBehindLinks(circle)).toBe(circle);
  });

  it('may be where the command prints', async () => {
    expect(await isStdout('/dev/fd/1')).toBe(true);
    expect(await isStdout(home)).toBe(false);
    expect(await isStdout(join(home, 'nothing'))).toBe(false);
  });
});

describe('an input', () => {
  it('is no pipe, which can be read only once', async () => {
    const pipe = join(home, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readableInput(pipe)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('this must be a file, not a pipe') as string,
    });
  });

  it('is named as it was, and what it lacks is told later', async () => {
    await writeFile(join(home, 'in.jsonl'), '');
    expect(await readableInput(join(home, 'in.jsonl'))).toBe(join(home, 'in.jsonl'));
    expect(await readableInput('no-such-file.jsonl')).toBe('no-such-file.jsonl');
  });
});
