import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ItemResult } from '../../../src/workflows/batch/item-result';
import { OutputWriter } from '../../../src/batch/files/output';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'output-'));
  file = join(directory, 'out.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

const ok = (id: string, text = 'ok'): ItemResult => ({
  id,
  ok: true,
  set: 'us-east',
  text,
  usage: { input_tokens: 8, output_tokens: 1 },
  attempts: 1,
});
const failed: ItemResult = { id: 'f', ok: false, set: 'eu', error: { type: 'NotFound', message: 'gone' }, attempts: 3 };

const lines = async () => (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');

describe('an output file', () => {
  it('holds one line of JSON for each item, in the order in which they finished', async () => {
    const output = await OutputWriter.open(file);
    await Promise.all([output.write(ok('a', 'two\nlines \u2028 😀')), output.write(failed)]);
    await output.close();
    expect((await lines()).map((line) => JSON.parse(line) as unknown)).toEqual([
      ok('a', 'two\nlines \u2028 😀'),
      failed,
    ]);
  });

  it('has a line as soon as its write resolves', async () => {
    const output = await OutputWriter.open(file);
    await output.write(ok('a'));
    expect(await lines()).toHaveLength(1);
    await output.close();
  });

  it('loses no line when it is closed while thousands are under way', async () => {
    const output = await OutputWriter.open(file);
    for (let id = 0; id < 5000; id++) void output.write(ok(String(id), 'x'.repeat(id % 500)));
    await output.close();
    expect((await lines()).map((line) => (JSON.parse(line) as ItemResult).id)).toEqual(
      Array.from({ length: 5000 }, (_, id) => String(id)),
    );
  });

  it('holds an item once even if it finishes twice', async () => {
    const output = await OutputWriter.open(file);
    expect(await Promise.all([output.write(ok('a')), output.write(ok('a'))])).toEqual([true, false]);
    expect(output.count).toBe(1);
    await output.close();
    expect(await lines()).toHaveLength(1);
  });

  it('is not touched if it holds something already, unless it is to be replaced', async () => {
    await writeFile(file, 'precious\n');
    await expect(OutputWriter.open(file)).rejects.toMatchObject({ name: 'OutputError', code: 'exists' });
    expect(await lines()).toEqual(['precious']);
    const output = await OutputWriter.open(file, { force: true });
    await output.write(ok('a'));
    await output.close();
    expect(await lines()).toEqual([JSON.stringify(ok('a'))]);
  });

  it('is written by one run only, even if two begin at once', async () => {
    const opened = await Promise.allSettled([OutputWriter.open(file), OutputWriter.open(file)]);
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const result of opened) if (result.status === 'fulfilled') await result.value.close();
    await expect(OutputWriter.open(file)).rejects.toThrow('from an earlier or running batch');
  });

  it('is as before when a run ends without a result', async () => {
    await (await OutputWriter.open(file)).discard();
    expect(existsSync(file)).toBe(false);
    await writeFile(file, 'precious\n');
    await (await OutputWriter.open(file, { force: true })).discard();
    expect(await lines()).toEqual(['precious']);
  });

  it('may be a device', async () => {
    const output = await OutputWriter.open('/dev/null');
    await output.write(ok('a'));
    await output.close();
  });

  it('is named when it cannot be written', async () => {
    const missing = join(directory, 'none', 'out.jsonl');
    await expect(OutputWriter.open(missing)).rejects.toThrow(`${missing} cannot be written (ENOENT)`);
    await expect(OutputWriter.open(directory)).rejects.toMatchObject({ name: 'OutputError', code: 'EISDIR' });
  });

  it('takes nothing more once it is closed, and may be closed again', async () => {
    const output = await OutputWriter.open(file);
    await Promise.all([output.close(), output.close()]);
    await expect(output.write(ok('a'))).rejects.toMatchObject({ name: 'OutputError', code: 'closed' });
  });
});
