import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { programFor } from '../../src/batch/cli/program';
import { Answering } from '../../src/batch/operate/answering';
import { documentedCommands, idlePatterns, runBy, testFileOf } from '../support/documented-commands';
import type { CommandLine } from './command-lines';

const root = path.resolve(__dirname, '../..');
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const lines = documentedCommands();

/** Commands of others, which nothing here can check. */
const FOREIGN = ['docker', 'temporal', 'jq', './rotate-the-key'];
const OF_NPM = ['ci', 'i', 'install', 'test', 'pack'];

/** What is wrong with a command, or nothing. */
function faultOf({ words: [command = '', ...rest] }: Pick<CommandLine, 'words'>): string | undefined {
  if (FOREIGN.includes(command)) return undefined;
  if (command === 'npm') return faultOfNpm(rest);
  if (command === 'npx') return faultOfNpx(rest);
  if (command === 'temporal-limits') return faultOfOurs(rest);
  return `no command ${command}`;
}

function faultOfNpm([verb = '', script = '', ...rest]: readonly string[]): string | undefined {
  if (verb !== 'run') return OF_NPM.includes(verb) ? undefined : `npm has no ${verb}`;
  const runs = scripts[script];
  if (runs === undefined) return `package.json has no script ${script}`;
  // a script that runs a command passes that on behind a second --
  const [own, passedOn] = splitAt(rest[0] === '--' ? rest.slice(1) : rest, '--');
  const program = /tsx (\S+\.ts)/.exec(runs)?.[1];
  return (program && faultOfWords(program, own)) ?? (passedOn.length > 0 ? faultOf({ words: passedOn }) : undefined);
}

function faultOfNpx([tool = '', ...rest]: readonly string[]): string | undefined {
  if (tool === 'temporal-limits' || tool === 'temporal-limits-cli') return faultOfOurs(rest);
  if (tool === 'tsx') return faultOfProgram(rest);
  if (tool === 'jest') return faultOfJest(rest);
  if (tool === 'eslint') return rest.find((file) => !existsSync(path.join(root, file)));
  return `npx runs no ${tool} here`;
}

function faultOfProgram([file = '', ...rest]: readonly string[]): string | undefined {
  if (file === '') return undefined;
  return existsSync(path.join(root, file)) ? faultOfWords(file, rest) : `no file ${file}`;
}

/** A flag or a name is known if the program's file, or one beside or below it, has it. */
function faultOfWords(program: string, words: readonly string[]): string | undefined {
  const sources = filesBelow(path.posix.dirname(program)).map((file) => readFileSync(path.join(root, file), 'utf8'));
  const named = words.filter((word, i) => word.startsWith('--') || !words[i - 1]?.startsWith('--'));
  const unknown = named.find((word) => {
    const name = word.replace(/^--/, '').replace(/=.*/, '');
    const known = new RegExp(`--${name}\\b|['"]${name}['"]|^\\s*${name}:`, 'm');
    return !sources.some((source) => known.test(source));
  });
  return unknown && `${program} does not know ${unknown}`;
}

/** The TypeScript files below a folder of the repository. */
function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(folder, file));
}

function faultOfJest(words: readonly string[]): string | undefined {
  const tests = filesBelow('test').filter((file) => file.endsWith('.test.ts'));
  const option = words.indexOf('--selectProjects');
  const patterns = option < 0 ? words : words.slice(0, option);
  const lost = patterns.find((pattern) => !tests.some((file) => file.includes(pattern)));
  if (lost !== undefined) return `no test matches ${lost}`;
  const project = option < 0 ? 'unit' : (words[option + 1] ?? '');
  return ['unit', 'long', 'e2e'].includes(project) ? undefined : `jest has no project ${project}`;
}

/** Parses it with the program of the package, whose commands do nothing here. */
function faultOfOurs(words: readonly string[]): string | undefined {
  const surroundings = { withSession: undefined, stdin: undefined, stdout: undefined, stderr: undefined };
  const program = programFor(new Answering({ ...surroundings, exit: () => undefined } as never));
  let complaint: string | undefined;
  everyCommand(program, (command) => {
    command
      .exitOverride()
      .configureOutput({ writeOut: () => undefined, writeErr: (text) => (complaint = text.trim()) });
    command.action(() => undefined);
  });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    const { exitCode } = error as { readonly exitCode?: number };
    return exitCode === 0 ? undefined : (complaint ?? String(error));
  }
  return complaint;
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const inner of command.commands) everyCommand(inner, visit);
}

function splitAt(words: readonly string[], mark: string): [readonly string[], readonly string[]] {
  const place = words.indexOf(mark);
  return place < 0 ? [words, []] : [words.slice(0, place), words.slice(place + 1)];
}

test('the documents have commands', () => {
  expect(lines.length).toBeGreaterThan(80);
});

test.each(lines)('$place: $text', (line) => {
  expect(faultOf(line)).toBeUndefined();
});

test.each(lines)('$place: something runs $text, or there is a reason not to', (line) => {
  const how = runBy(line);
  expect(how).toBeDefined();
  const file = how?.by === 'elsewhere' ? testFileOf(how.where) : undefined;
  expect(file === undefined || existsSync(file)).toBe(true);
});

test('no rule of how a command is run is left over', () => {
  expect(idlePatterns(lines)).toEqual([]);
});

test.each([
  ['npm run no-such-script'],
  ['npx tsx bench/no-such-file.ts'],
  ['npm run simulate -- --no-such-flag 1'],
  ['npm run prove -- no-such-proof'],
  ['npx jest test/no-such-folder'],
  ['npx temporal-limits no-such-command'],
  ['temporal-limits why openai --no-such-option'],
])('finds fault with %s', (text) => {
  expect(faultOf({ words: text.split(' ') })).toBeDefined();
});
