import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseConfig } from '../../src/batch/config/config';
import { TOKEN_UNITS } from '../../src/workflows/batch/item-result';
import { documentsIn, Markdown } from './markdown';

const root = path.resolve(__dirname, '../..');
const readme = new Markdown('README.md');
const guide = documentsIn('docs/guide');
const all = [
  readme,
  ...['CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md', 'cli/README.md'].map((file) => new Markdown(file)),
  ...documentsIn('docs'),
  ...guide,
];

/** The batch config files among the blocks: those that list sets. */
const configs = [new Markdown('docs/reference.md'), ...guide]
  .flatMap((document) => document.blocks('yaml'))
  .filter(({ code }) => /^sets:/m.test(code));

/** Every variable that a config reads. */
const environment = (code: string) =>
  Object.fromEntries([...code.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'a-key']));

test('the README begins with its two commands, and is short enough to be read', () => {
  expect(readme.text.slice(0, 1200)).toMatch(/npm ci && npm run demo[^\n]*\nnpm ci && npm test/);
  expect(readme.text.split('\n').length).toBeLessThanOrEqual(130);
});

test.each(all)('$file links only to files and headings that exist', (document) => {
  const folder = path.posix.dirname(document.file);
  const broken = document.links().filter((link) => {
    const [target = '', anchor] = link.split('#');
    const file = target === '' ? document.file : path.posix.join(folder, target);
    if (!existsSync(path.join(root, file))) return true;
    return anchor !== undefined && !new Markdown(file).anchors().includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('the documents have config files of the batch', () => {
  expect(configs.length).toBeGreaterThan(1);
});

test.each(configs)('the config file at $place is one', ({ code, place }) => {
  expect(() => parseConfig(code, place, { env: environment(code), rateKeys: TOKEN_UNITS })).not.toThrow();
});

test.each(all)('$file has no sentence of more than 30 words', (document) => {
  expect(document.sentences().filter((sentence) => sentence.split(' ').length > 30)).toEqual([]);
});

describe.each([readme, new Markdown('docs/names.md'), ...guide])('$file', (page) => {
  it('has no line of code of more than 100 columns', () => {
    expect(page.blocks().flatMap(({ code }) => code.split('\n').filter((line) => line.length > 100))).toEqual([]);
  });
});
