import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchFolder } from '../../../src/batch/state/batch-folder';
import { type BatchRecord } from '../../../src/batch/state/batch-record';
import { runningOwner } from '../../../src/batch/state/owner-lock';

let home: string;
let output: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'batch-folder-'));
  output = join(home, 'out.jsonl');
  await mkdir(`${output}.batch`);
});
afterEach(() => rm(home, { recursive: true }));

const record: BatchRecord = {
  ...{ format: 1, id: 'b-1', partitions: 1, startedAt: 0, target: { isOwn: true } },
  input: { file: '/in.jsonl', items: 3, digest: 'abc' },
  sets: [{ name: 'east', limits: [{ kind: 'call', windowSeconds: 1, capacity: 5 }] }],
  ...{ pool: {}, models: ['gpt-4o'], taskQueues: ['east'] },
};
const write = (text: string): Promise<void> => writeFile(join(`${output}.batch`, 'batch.json'), text);

describe('the folder of a batch', () => {
  it('is none that holds something else, and what it holds stays', async () => {
    const thesis = join(`${output}.batch`, 'thesis.txt');
    await writeFile(thesis, 'x');
    await expect(BatchFolder.claim(output)).rejects.toMatchObject({
      name: 'UsageError',
      message: `${output}.batch holds "thesis.txt", which is of no batch: a batch keeps its state there, so move it, or name another output`,
    });
    expect(existsSync(thesis)).toBe(true);
    await rm(thesis);
    const folder = await BatchFolder.claim(output);
    await writeFile(thesis, 'x');
    await folder.leave();
    expect(await readdir(`${output}.batch`)).toEqual(['thesis.txt']);
  });

  it('is made beside the output, and nowhere else', async () => {
    const nowhere = join(home, 'typo', 'deep');
    await expect(BatchFolder.claim(join(nowhere, 'out.jsonl'))).rejects.toMatchObject({
      name: 'UsageError',
      message: `there is no folder ${nowhere} for the output (ENOENT): create it, or name another with --output`,
    });
    expect(existsSync(join(home, 'typo'))).toBe(false);
    await writeFile(output, '');
    await expect(BatchFolder.claim(join(output, 'out.jsonl'))).rejects.toThrow(
      `there is no folder ${output} for the output (it is a file)`,
    );
    const { path } = await BatchFolder.claim(join(home, 'new.jsonl'));
    expect(path).toBe(join(home, 'new.jsonl.batch'));
  });

  it('tells of a batch that this release has left there, with what a later one has added', async () => {
    await write(JSON.stringify({ ...record, mood: 'curious' }));
    expect((await BatchFolder.claim(output)).found).toMatchObject(record);
  });

  it.each([2, 0, '1', undefined])('of which the record is of format %p is left alone', async (format) => {
    await write(JSON.stringify({ ...record, format }));
    await expect(BatchFolder.claim(output)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/batch\.json has format .*, but this release knows format 1: use the release/),
    });
    expect(await runningOwner(`${output}.batch`)).toBeUndefined();
  });

  it.each(['', '{"format":1,"id":', 'null'])('of which the record is damaged is left alone: %p', async (text) => {
    await write(text);
    await expect(BatchFolder.claim(output)).rejects.toThrow('pass --resume to continue from the results alone');
  });
});
