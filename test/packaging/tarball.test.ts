import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import cli from '../../cli/package.json';
import manifest from '../../package.json';

const root = path.resolve(__dirname, '../..');
let folder: string;
/** The package as npm unpacks it, in a project that has the library's peers and none of the commands' packages. */
let installed: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'temporal-limits-tarball-'));
  const staged = path.join(folder, 'staged');
  const tsc = require.resolve('typescript/lib/tsc.js');
  execFileSync(process.execPath, [tsc, '-p', path.join(root, 'tsconfig.build.json'), '--outDir', `${staged}/lib`]);
  const others = [
    'package.json',
    'README.md',
    'LICENSE',
    ...manifest.files.filter((name) => name !== 'lib' && !name.startsWith('!')),
  ];
  for (const name of others) cpSync(path.join(root, name), path.join(staged, name), { recursive: true });
  // as after `npm run docs`
  mkdirSync(path.join(staged, 'docs/api'), { recursive: true });
  writeFileSync(path.join(staged, 'docs/api/index.html'), '');
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: staged, stdio: 'pipe' });
  const modules = path.join(folder, 'node_modules');
  installed = path.join(modules, 'temporal-limits');
  mkdirSync(path.join(modules, '@types'), { recursive: true });
  mkdirSync(installed);
  const tarball = path.join(folder, `temporal-limits-${manifest.version}.tgz`);
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1']);
  const needed = ['@temporalio', ...Object.keys(manifest.dependencies)];
  for (const name of needed) symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  symlinkSync(path.join(root, 'node_modules/@types/node'), path.join(modules, '@types/node'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the compiler finds wrong with a strict user's programs, by file, in the package's declarations as well. */
function complaints(programs: Readonly<Record<string, string>>, options: ts.CompilerOptions): Record<string, string[]> {
  for (const [name, code] of Object.entries(programs)) writeFileSync(path.join(folder, name), code);
  const files = Object.keys(programs).map((name) => path.join(folder, name));
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [path.join(folder, 'node_modules/@types')],
    ...options,
  });
  const found: Record<string, string[]> = {};
  for (const { file, messageText } of ts.getPreEmitDiagnostics(program)) {
    const name = file === undefined ? 'options' : path.relative(folder, file.fileName);
    // what the Temporal SDK declares is not ours
    if (name.startsWith('..')) continue;
    (found[name] ??= []).push(ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
  return found;
}

const PROGRAM = `
import { CallLimit, LimitPool, LimitSet, type Acquisition } from 'temporal-limits';
import { limited, LimitsPlugin } from 'temporal-limits/worker';
import { LimitSet as WorkflowLimitSet, TaskPool, gather } from 'temporal-limits/workflow';

export const set = new LimitSet({ limits: [new CallLimit({ windowSeconds: 60, capacity: 5 })] });
export const pool = new LimitPool({ limitSets: [set] });
export const plugin = new LimitsPlugin({ limits: set });
export const call = limited(async (text: string) => text.length, {});
export const use = (): Promise<number> => pool.use({}, async (slot: Acquisition) => slot.index);
export { WorkflowLimitSet, TaskPool, gather };
`;

/** A set of one process at work, after the imports of either module system. */
const RUNS = `
const set = new all.LimitSet({ limits: [new all.CallLimit({ windowSeconds: 60, capacity: 1 })] });
set.use({}, (slot) => slot.requested[all.CALL_COUNT]).then(async (taken) => {
  const { successful } = await set.tryAcquire();
  console.log(successful ? 'granted' : 'refused', taken, typeof limited(async () => undefined));
});
`;

const NAMES = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const entries = ['temporal-limits', 'temporal-limits/worker', 'temporal-limits/workflow'];
const ofModules = ['default', 'module.exports', '__esModule'];
const own = (names) => names.filter((name) => !ofModules.includes(name)).sort();
const imported = await Promise.all(entries.map(async (entry) => own(Object.keys(await import(entry)))));
const required = entries.map((entry) => own(Object.keys(require(entry))));
const deep = await import('temporal-limits/lib/src/index.js').catch(({ code }) => code);
console.log(JSON.stringify([imported, required, deep]));
`;

/** What the classes share among themselves, and users must not see. */
const INTERNALS = [
  ...['ask', 'hold', 'lineUp', 'outlook', 'wait', 'warn', 'clock', 'supply', 'acquisition'].map(
    (name) => ['LimitSet', name] as const,
  ),
  ...['policy', 'state'].map((name) => ['LimitPool', name] as const),
  ...['placeAt', 'tellUnused', 'releaseAfterUse'].map((name) => ['Acquisition', name] as const),
];
const REACHES_FOR_INTERNALS = `
import type { Acquisition, LimitPool, LimitSet } from 'temporal-limits';
export type Members = [${INTERNALS.map(([type, member]) => `${type}['${member}']`).join(', ')}];
export const places = (set: LimitSet): unknown => [
  set.acquire({}, 1),
  set.tryAcquire({}, 1),
  set.tryAcquireNow({}, 1),
  set.use({}, async () => 1, 1),
];
`;

/** What the compiler says of a member that a type does not have. */
function absent(type: string, member: string): unknown {
  return expect.stringContaining(`Property '${member}' does not exist on type '${type}`);
}

describe('the packed tarball', () => {
  test('compiles into strict programs of both module systems, and does not show internals', () => {
    const programs = { 'esm.mts': PROGRAM, 'cjs.cts': PROGRAM, 'internals.mts': REACHES_FOR_INTERNALS };
    const NODE16 = { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
    expect(complaints(programs, NODE16)).toEqual({
      'internals.mts': [
        ...INTERNALS.map(([type, member]) => absent(type, member)),
        // no place in a pool either
        ...Array<unknown>(4).fill(expect.stringMatching(/^Expected \d.* arguments?, but got/)),
      ],
    });
  });

  test('has its three entries under the resolution of node10', () => {
    const node10 = {
      module: ts.ModuleKind.CommonJS,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- some users still have it
      moduleResolution: ts.ModuleResolutionKind.Node10,
      ignoreDeprecations: '6.0',
    };
    expect(complaints({ 'node10.ts': PROGRAM }, node10)).toEqual({});
  });

  test.each([
    [
      'an ES module',
      'runs.mjs',
      "import * as all from 'temporal-limits'; import { limited } from 'temporal-limits/worker';",
    ],
    [
      'CommonJS',
      'runs.cjs',
      "const all = require('temporal-limits'); const { limited } = require('temporal-limits/worker');",
    ],
  ])('runs without the packages of the commands, as %s', (_, name, imports) => {
    writeFileSync(path.join(folder, name), `${imports}\n${RUNS}`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [name], { cwd: folder, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'refused 1 function\n', stderr: '' });
  });

  test('exports the same names to ES modules and to CommonJS, from each entry, and nothing else', () => {
    writeFileSync(path.join(folder, 'names.mjs'), NAMES);
    const { stdout, stderr } = spawnSync(process.execPath, ['names.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    const [imported, required, deep] = JSON.parse(stdout) as [string[][], string[][], string];
    expect(imported).toEqual(required);
    expect(imported.map((names) => names.length > 3)).toEqual([true, true, true]);
    expect(deep).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('has a command that says in one sentence what it lacks', () => {
    const command = path.join(installed, manifest.bin['temporal-limits']);
    const { status, stderr } = spawnSync(process.execPath, [command, 'batch'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(
      /^The temporal-limits command needs @hono\/node-server, cli-table3, .*npm install temporal-limits-cli[^\n]*\n$/,
    );
    expect(status).toBe(2);
  });

  test('ships pictures of less than 300 KB in all', () => {
    const pictures = readdirSync(path.join(installed, 'docs/images')).map((name) =>
      statSync(path.join(installed, 'docs/images', name)),
    );
    expect(pictures.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(300_000);
  });

  test('ships no source of its own, no built site and no link that leads nowhere', () => {
    for (const folder of ['src', 'docs/api']) expect(existsSync(path.join(installed, folder))).toBe(false);
    const texts = (readdirSync(installed, { recursive: true }) as string[]).filter((name) => name.endsWith('.md'));
    expect(texts).toContain('README.md');
    const broken = texts.flatMap((name) => {
      const text = readFileSync(path.join(installed, name), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
      return links
        .filter((link) => !existsSync(path.join(installed, path.dirname(name), link)))
        .map((link) => `${name}: ${link}`);
    });
    expect(broken).toEqual([]);
  });
});

test('the package of the command has its version, and brings what the library leaves out', () => {
  expect(cli.version).toBe(manifest.version);
  expect(cli.dependencies).toEqual({ 'temporal-limits': manifest.version, ...manifest.peerDependencies });
  accessSync(path.join(root, 'cli', cli.bin['temporal-limits']), constants.X_OK);
});
