import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PARTS } from '../../scripts/support/parts-to-prove';

const root = path.resolve(__dirname, '../..');
const tests = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => path.posix.join('test', file));

test.each(Object.entries(PARTS))('there is something to run for %s', (_part, meant) => {
  const isThere =
    typeof meant === 'string'
      ? tests.some((file) => new RegExp(meant).test(file))
      : existsSync(path.resolve(root, 'scripts', `${meant.program}.ts`)) ||
        existsSync(path.resolve(root, 'scripts', meant.program));
  expect(isThere).toBe(true);
});
