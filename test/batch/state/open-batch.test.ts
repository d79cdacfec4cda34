import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IndexedItem } from '../../../src/workflows/batch/batch-protocol';
import { BatchFolder } from '../../../src/batch/state/batch-folder';
import { type BatchContent } from '../../../src/batch/state/batch-record';
import { openBatch, type OpenOptions } from '../../../src/batch/state/open-batch';

const content: BatchContent = {
  ...{ input: { file: '/in.jsonl', items: 0, digest: 'abc' }, sets: [], pool: {} },
  ...{ models: ['gpt-4o'], taskQueues: ['east'] },
};
let home: string;
let output: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'open-batch-'));
  output = join(home, 'out.jsonl');
});
afterEach(() => rm(home, { recursive: true }));

async function open(options: Partial<OpenOptions> = {}, items: readonly IndexedItem[] = []) {
  const folder = await BatchFolder.claim(output);
  const all = { output, force: false, resume: false, retryFailed: false, ...options };
  return openBatch(all, { items, content }, folder).finally(() => folder.leave());
}

describe('an input without items', () => {
  const nothing = { kind: 'nothing', message: 'there is no item in /in.jsonl: nothing to do', code: 0 };

  it('is through before anything is started, with an empty output and nothing beside it', async () => {
    expect(await open()).toEqual(nothing);
    expect(await readFile(output, 'utf8')).toBe('');
    expect(existsSync(`${output}.batch`)).toBe(false);
  });

  it('leaves results of earlier runs where they are, unless they are to be replaced', async () => {
    const line = '{"id":"1","ok":false,"set":"a","error":{"type":"E","message":""},"attempts":1}\n';
    await writeFile(output, line);
    await expect(open()).rejects.toMatchObject({ name: 'OutputError', code: 'exists' });
    await expect(open({ resume: true })).rejects.toThrow('has a result for "1", which is not an item of this input');
    expect(await readFile(output, 'utf8')).toBe(line);
    expect(await open({ force: true })).toEqual(nothing);
    expect(await readFile(output, 'utf8')).toBe('');
  });
});

describe('failed items that are to be tried again', () => {
  const item = (id: string): IndexedItem => ({ id, offset: 0, length: 9, maxTokens: 5, inputTokens: 0 });

  it('are none if all items were answered, and no reason to stop if some were not tried', async () => {
    await writeFile(output, '{"id":"1","ok":true,"set":"a","text":"","usage":{},"attempts":1}\n');
    const nothing = { kind: 'nothing', message: `nothing in ${output} has failed`, code: 0 };
    expect(await open({ retryFailed: true }, [item('1')])).toEqual(nothing);
    const opening = await open({ retryFailed: true }, [item('1'), item('2')]);
    if (opening.kind !== 'open') throw new Error(opening.message);
    expect([opening.output.has('1'), opening.output.has('2')]).toEqual([true, false]);
    await opening.output.close();
  });
});
