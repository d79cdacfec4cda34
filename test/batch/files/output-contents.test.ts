import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputWriter, dropFailed, readOutput } from '../../../src/batch/files/output';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'output-contents-'));
  file = join(directory, 'out.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

const error = { type: 'NotFound', message: 'gone' };
const answer = (id: string) => ({
  ...{ id, set: 'east', text: 'ü 二', attempts: 1, ok: true as const },
  usage: { input_tokens: 1, output_tokens: 1 },
});
const failure = (id: string) => ({ id, ok: false as const, set: 'east', error, attempts: 1 });
const lines = (...results: object[]): string => results.map((result) => `${JSON.stringify(result)}\n`).join('');

describe('an output that is there', () => {
  it('tells which items it has, and which of them were answered', async () => {
    await writeFile(file, lines(answer('a'), failure('b')));
    const contents = await readOutput(file);
    expect([...(contents?.answered ?? [])]).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('is nothing if it is empty, or not there', async () => {
    expect(await readOutput(file)).toBeUndefined();
    await writeFile(file, '');
    expect(await readOutput(file)).toBeUndefined();
  });

  it.each([1, 20, -1])('loses half a line at its end, wherever its process was killed: %d', async (length) => {
    await writeFile(file, lines(answer('a')));
    await appendFile(file, JSON.stringify(answer('b')).slice(0, length === -1 ? undefined : length));
    const contents = await readOutput(file);
    expect([...(contents?.answered.keys() ?? [])]).toEqual(['a']);

    const output = await OutputWriter.open(file, { contents });
    expect(await output.write(answer('a'))).toBe(false);
    expect(await output.write(failure('c'))).toBe(true);
    await output.close();
    expect(await readFile(file, 'utf8')).toBe(lines(answer('a'), failure('c')));
  });

  it('is refused if it is something else', async () => {
    await writeFile(file, `${lines(answer('a'))}{"name":"precious"}\n`);
    await expect(readOutput(file)).rejects.toThrow(`${file}:2: this is not a result of a batch`);
  });

  it('can be rid of what has failed', async () => {
    await writeFile(file, lines(failure('a'), answer('b'), failure('c'), answer('d')));
    await dropFailed(file, join(directory, 'incoming'));
    expect(await readFile(file, 'utf8')).toBe(lines(answer('b'), answer('d')));
  });
});
