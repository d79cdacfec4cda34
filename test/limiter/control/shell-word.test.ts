import { execFileSync } from 'node:child_process';
import { shellWord } from '../../../src/limiter/control/shell-word';

it.each(['openai-eu', 'acme/gpt-4.1:eu@2', 'calls_per_day'])('%s stays as it is', (name) => {
  expect(shellWord(name)).toBe(name);
});

it.each(['$(id)`x`', 'spa ce', 'gpu[0]', "it's", '', '~', 'a;b', '!x', 'k=v', '名前'])('%j is quoted', (name) => {
  expect(shellWord(name)).toMatch(/^'.*'$/);
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' })).toBe(name);
});
