import { mkdtemp, rm, writeFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtherUnits } from '../../../src/batch/config/config';
import type { IndexedItem } from '../../../src/workflows/batch/batch-protocol';
import { indexInput, ItemReader } from '../../../src/batch/files/input';
import { type InputError } from '../../../src/batch/errors/errors';
import { cpuMs } from '../../support/cpu-time';

const PROMPT = 'a prompt that nobody else may read';
let directory: string;
let file: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'input-'));
  file = join(directory, 'in.jsonl');
});
afterAll(() => rm(directory, { recursive: true }));

async function index(content: string | Buffer, units?: OtherUnits) {
  await writeFile(file, content);
  return indexInput(file, ['gpt-4o'], units);
}

async function problems(content: string | Buffer): Promise<string[]> {
  const error = await index(content).then(
    () => undefined,
    (reason: unknown) => reason as InputError,
  );
  expect(error).toMatchObject({ name: 'InputError', file });
  expect(error!.message).not.toContain(PROMPT);
  return error!.message.split('\n').map((line) => line.replace(file, 'in.jsonl'));
}

async function readItem(item: IndexedItem): Promise<object> {
  const reader = new ItemReader(file);
  return reader.read(item).finally(() => reader.close());
}

const line = (fields: object) => JSON.stringify({ id: '1', prompt: PROMPT, maxTokens: 5, ...fields });

describe('an input file', () => {
  it('becomes an index from which each item can be read again', async () => {
    const texts = ['Hello', 'zwei — 二', '😀'];
    const items = await index(texts.map((prompt, i) => line({ id: `item-${i}`, prompt })).join('\n'));
    expect(items[0]).toEqual({ id: 'item-0', offset: 0, length: 46, maxTokens: 5, inputTokens: 8 });
    const reader = new ItemReader(file);
    const read = await Promise.all(items.map((item) => reader.read(item)));
    await reader.close();
    expect(read).toEqual(texts.map((prompt, i) => ({ id: `item-${i}`, prompt, maxTokens: 5 })));
  });

  it('has no tokens counted where no limit counts them', async () => {
    await writeFile(file, line({}));
    expect(await indexInput(file, [])).toMatchObject([{ id: '1', inputTokens: 0 }]);
  });

  it('may have a byte order mark, CRLF, blank lines and no line end at its end', async () => {
    const items = await index(`\ufeff${line({ id: 'a' })}\r\n\r\n  \t\n\n${line({ id: 7 })}\r\n${line({ id: 'c' })}`);
    expect(items.map(({ id }) => id)).toEqual(['a', '7', 'c']);
    for (const item of items) expect(await readItem(item)).toMatchObject({ id: item.id });
  });

  it.each(['', '\n', '\ufeff', ' \r\n\r\n'])('may be empty: %j', async (content) => {
    expect(await index(content)).toEqual([]);
  });

  it('keeps items apart that span the chunks in which it is read', async () => {
    const items = await index([1, 2, 3].map((id) => line({ id, prompt: 'word '.repeat(300_000) })).join('\n'));
    expect(items.map(({ length }) => length)).toEqual(Array(3).fill(1_500_034));
    expect(await readItem(items[2]!)).toMatchObject({ id: '3' });
  });

  it('says what an item requests of other units; the config says it for the others', async () => {
    const units = { images: { requested: 1 }, seconds: { requested: 0 } };
    const items = await index([line({ id: 'a', units: { images: 3 } }), line({ id: 'b' })].join('\n'), units);
    expect(items.map((item) => item.units)).toEqual([
      { images: 3, seconds: 0 },
      { images: 1, seconds: 0 },
    ]);
    await expect(index(line({ units: { image: 3 } }), units)).rejects.toThrow(
      'the unit image is unknown; known are images, seconds',
    );
  });

  it('takes as long for each line of many as for each of few', async () => {
    const cpuOf = async (lines: number): Promise<number> => {
      const text = Array.from({ length: lines }, (_, id) => line({ id })).join('\n');
      const before = cpuMs();
      expect(await index(text)).toHaveLength(lines);
      return cpuMs() - before;
    };
    await cpuOf(1_000); // what is done once, and compiled
    // ten times as long; a hundred times if each line looked at those before it
    expect((await cpuOf(100_000)) / (await cpuOf(10_000))).toBeLessThan(40);
  });
});

describe('a bad line of an input file', () => {
  it.each([
    ['unterminated JSON', `{"id":"1","prompt":"${PROMPT}`, 'this is not valid JSON'],
    ['bare text', PROMPT, 'this is not valid JSON'],
    ['two objects', line({}) + line({}), 'this is not valid JSON'],
    ['NaN', '{"id":"1","prompt":"x","maxTokens":NaN}', 'this is not valid JSON'],
    ['a list', '[1]', 'this must be an object'],
    ['null', 'null', 'this must be an object'],
    ['an unknown key', line({ max_tokens: 5 }), 'the key max_tokens is unknown; known are id, prompt, maxTokens'],
    ['a prompt as a key', line({ [PROMPT]: 1 }), 'the key of another name is unknown'],
    ['__proto__', '{"__proto__":{"id":"1"},"prompt":"x","maxTokens":1}', 'the key __proto__ is unknown'],
    ['no id', line({ id: undefined }), 'id is missing; it must be a non-empty string or an integer'],
    ['an empty id', line({ id: '' }), 'id must be'],
    ['a fractional id', line({ id: 1.5 }), 'id must be'],
    ['an id that no number holds', '{"id":9007199254740993,"prompt":"x","maxTokens":1}', 'id must be'],
    ['an id of 1 MB', line({ id: 'x'.repeat(1_000_000) }), 'id must have at most 512 characters'],
    ['no prompt', line({ prompt: undefined }), 'prompt is missing; it must be a string'],
    ['a prompt of messages', line({ prompt: [{ role: 'user' }] }), 'prompt must be a string'],
    ['no maxTokens', line({ maxTokens: undefined }), 'maxTokens is missing; it must be a positive integer'],
    ['maxTokens of 0', line({ maxTokens: 0 }), 'maxTokens must be a positive integer'],
    ['maxTokens as a text', line({ maxTokens: '5' }), 'maxTokens must be a positive integer'],
    ['maxTokens without end', '{"id":"1","prompt":"x","maxTokens":1e999}', 'maxTokens must be a positive integer'],
    [
      'a unit that nobody has named',
      line({ units: { images: 1 } }),
      'the unit images is unknown; the config names none',
    ],
    [
      'units without end',
      '{"id":"1","prompt":"x","maxTokens":1,"units":{"a":1e999}}',
      'units must be an object of numbers',
    ],
    ['units in a list', line({ units: [1] }), 'units must be an object of numbers from 0, for example {"images": 2}'],
    ['a NUL', '\0', 'this is not valid JSON'],
    ['a byte order mark inside', `\n\ufeff${line({})}`, 'this is not valid JSON'],
  ])('is named: %s', async (_what, content, expected) => {
    const [first] = await problems(`\n${content}`);
    expect(first).toMatch(/^in\.jsonl:[23]: /);
    expect(first).toContain(expected);
  });

  it('is named when it is not UTF-8', async () => {
    expect(await problems(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toEqual(['in.jsonl:1: this is not valid UTF-8']);
  });

  it('is named when its id was there before, as a text or as a number', async () => {
    expect(await problems([line({ id: '1' }), line({ id: 2 }), line({ id: 1 })].join('\n'))).toEqual([
      'in.jsonl:3: line 1 has the same id; each item needs its own',
    ]);
  });

  it('is one of at most 20 that are listed; the rest are counted', async () => {
    const lines = await problems('{}\n'.repeat(1000));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('in.jsonl: and 980 more bad lines');
  });

  it('is not held in memory however long it is', async () => {
    expect(await problems(Buffer.alloc(40 * 1024 * 1024, 'a'))).toEqual([
      'in.jsonl:1: this line is longer than 33554432 bytes',
    ]);
  });
});

describe('a file that is not as expected', () => {
  it('is named when it cannot be read', async () => {
    await expect(indexInput(join(directory, 'none'), [])).rejects.toMatchObject({
      name: 'InputError',
      message: `${join(directory, 'none')}: the file cannot be read (ENOENT)`,
    });
    await expect(indexInput(directory, [])).rejects.toMatchObject({ name: 'InputError' });
  });

  it('is noticed when it has changed since it was indexed', async () => {
    const [item] = await index(line({}));
    for (const changed of ['short', line({ id: '2' }), line({ maxTokens: 6 })]) {
      await writeFile(file, changed);
      await expect(readItem(item!)).rejects.toThrow('the file has changed: item "1" is no longer at byte 0');
    }
  });

  it('may be there at the next try', async () => {
    const [item] = await index(line({}));
    const reader = new ItemReader(file);
    await rename(file, `${file}.away`);
    await expect(reader.read(item!)).rejects.toThrow('ENOENT');
    await rename(`${file}.away`, file);
    expect(await reader.read(item!)).toMatchObject({ id: '1' });
    await reader.close();
    // after its end, it opens the file anew
    expect(await reader.read(item!)).toMatchObject({ id: '1' });
    await reader.close();
  });
});
