import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(__dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const programs = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '');

/** What the programs import of their user's own, and what the text around them has introduced. */
const USERS_OWN = {
  'my-activities.ts': `
    export function complete(prompt: string): Promise<{ usage: { prompt_tokens: number } }> {
      return Promise.resolve({ usage: { prompt_tokens: prompt.length } });
    }
    export const countTokens = (text: string): number => text.length;
  `,
  'ambient.d.ts': `
    declare const limits: import('temporal-limits').LimitSet;
    declare const openai: import('openai').OpenAI;
    declare const messages: [{ role: 'user'; content: string }];
  `,
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(root, 'node_modules', '.readme-'));
  for (const [name, code] of Object.entries(USERS_OWN)) writeFileSync(path.join(folder, name), code);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the compiler finds wrong with a program, as its user would see it. */
function complaints(code: string): string[] {
  const file = path.join(folder, 'program.ts');
  // a package of today is a module, in which `await` may stand by itself
  writeFileSync(file, `${code}\nexport {};\n`);
  const program = ts.createProgram([file, path.join(folder, 'ambient.d.ts')], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
    paths: {
      'temporal-limits': [path.join(root, 'src/index.ts')],
      'temporal-limits/worker': [path.join(root, 'src/activities/index.ts')],
      'temporal-limits/workflow': [path.join(root, 'src/workflows/index.ts')],
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('the README begins with its two commands and a program of ten lines', () => {
  expect(readme.slice(0, 1200)).toMatch(/npm ci && npm run demo[^\n]*\nnpm ci && npm test/);
  const statements = (programs[0] ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('import'));
  expect(statements.length).toBeLessThanOrEqual(10);
});

test.each(programs.map((code, i) => [i + 1, code]))(
  'program %d of the README compiles against the package',
  (_, code) => {
    expect(complaints(code)).toEqual([]);
  },
  60_000,
);
