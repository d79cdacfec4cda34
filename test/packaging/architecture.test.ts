import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const text = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
const inBackticks = [...text.matchAll(/`([\w./-]+)`/g)].map(([, found]) => found ?? '');

/** Paths are given from the root, from `src`, or by the name of a file in the folder that the sentence is about. */
const exists = (file: string): boolean => ['', 'src'].some((folder) => existsSync(path.join(root, folder, file)));

const paths = [...new Set(inBackticks)].filter((found) => found.includes('/') && !found.startsWith('.'));

const rooms = ['limiter', 'acquire', 'workflows', 'client', 'activities', 'batch'].flatMap((realm) =>
  readdirSync(path.join(root, 'src', realm), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => [realm, entry.name] as const),
);

test('the document names files', () => {
  expect(paths.length).toBeGreaterThan(20);
});

test.each(paths)('%s, which the document names, exists', (file) => {
  expect(exists(file)).toBe(true);
});

test.each(rooms)('the document has the room src/%s/%s', (_realm, room) => {
  expect(inBackticks).toContain(room);
});
