import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { docstringExamples, exportedNames } from './docstrings';
import { type Block, documentsIn, Markdown } from './markdown';

const root = path.resolve(__dirname, '../..');
const guide = documentsIn('docs/guide');
const names = new Markdown('docs/names.md');
const pages = [new Markdown('README.md'), new Markdown('docs/reference.md'), names, ...guide];

const entries = {
  'temporal-limits': path.join(root, 'src/index.ts'),
  'temporal-limits/worker': path.join(root, 'src/activities/index.ts'),
  'temporal-limits/workflow': path.join(root, 'src/workflows/index.ts'),
};

/** What the programs import of their user's own, and what the text around them has introduced. */
const USERS_OWN = {
  'my-activities.ts': `
    export interface Reply { text: string; usage: { prompt_tokens: number; completion_tokens: number } }
    export function complete(prompt: string, maxTokens = 100): Promise<Reply> {
      return Promise.resolve({ text: prompt, usage: { prompt_tokens: prompt.length, completion_tokens: maxTokens } });
    }
    export const countTokens = (text: string): number => text.length;
  `,
  'ambient.d.ts': `
    declare const limits: import('temporal-limits').LimitSet;
    declare const openai: import('openai').OpenAI;
    declare const messages: [{ role: 'user'; content: string }];
  `,
};

/** What stands around an example of a docstring: the room's entry and, as on the pages, what is the user's own. */
const SURROUNDINGS = {
  workflows: [
    "import type * as activities from './my-activities';",
    `import { ${exportedNames(entries['temporal-limits/workflow']).join(', ')} } from 'temporal-limits/workflow';`,
    'declare const pool: TaskPool<typeof activities>, handles: TaskHandle<activities.Reply>[], prompts: string[];',
    'declare const regions: LimitPool, train: () => Promise<void>;',
  ],
  others: [
    `import { ${exportedNames(entries['temporal-limits']).join(', ')} } from 'temporal-limits';`,
    `import { ${exportedNames(entries['temporal-limits/worker']).join(', ')} } from 'temporal-limits/worker';`,
    "import { complete, countTokens } from './my-activities';",
    "import { metrics, trace } from '@opentelemetry/api';",
    "import { Worker } from '@temporalio/worker';",
    "import { APIConnectionError, InternalServerError, OpenAI, RateLimitError } from 'openai';",
    'declare const callTheProvider: (account?: unknown) => Promise<string>, perCustomer: LimitTemplate;',
  ],
};

/** All on the first line, so that a complaint names the line of the example. */
function surrounded({ place, code }: Block): Block {
  const around = place.startsWith('src/workflows/') ? SURROUNDINGS.workflows : SURROUNDINGS.others;
  return { place, code: `${around.join(' ')} { ${code}}` };
}

const blocks = [...pages.flatMap((page) => page.blocks('ts')), ...docstringExamples().map(surrounded)];

let folder: string;
let program: ts.Program;
/** What the compiler finds wrong with a block, as its user would see it, by where the block stands. */
let complaints: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  folder = mkdtempSync(path.join(root, 'node_modules', '.documents-'));
  for (const [name, code] of Object.entries(USERS_OWN)) writeFileSync(path.join(folder, name), code);
  const places = new Map(blocks.map(({ place }, i) => [path.join(folder, `block-${i}.ts`), place]));
  // a package of today is a module, in which `await` may stand by itself
  [...places.keys()].forEach((file, i) => writeFileSync(file, `${blocks[i]?.code ?? ''}\nexport {};\n`));
  program = ts.createProgram([...places.keys(), ...Object.values(entries), path.join(folder, 'ambient.d.ts')], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node', 'jest'],
    paths: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, [file]])),
  });
  const found = new Map<string, string[]>(blocks.map(({ place }) => [place, []]));
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    const message = `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    const place = places.get(file?.fileName ?? '') ?? path.relative(root, file?.fileName ?? 'options');
    found.set(place, [...(found.get(place) ?? []), message]);
  }
  complaints = found;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(blocks)('the program at $place compiles against the package', ({ place }) => {
  expect(complaints.get(place)).toEqual([]);
});

/** What an entry exports, with what stands behind each name. */
function exportsOf(entry: string): [name: string, symbol: ts.Symbol][] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is not part of the program`);
  return checker
    .getExportsOfModule(module)
    .map((exported) => [
      exported.name,
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported,
    ]);
}

/** The values that an entry exports by their name, and the options of those, but for Temporal's own. */
function usedNames(entry: string): string[] {
  return exportsOf(entry).flatMap(([name, symbol]) => {
    if (symbol.flags & ts.SymbolFlags.Value) return [name];
    if (!name.endsWith('Options')) return [];
    const options = program.getTypeChecker().getDeclaredTypeOfSymbol(symbol).getProperties();
    return options.filter(isOurs).map((option) => option.name);
  });
}

function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'));
}

/** Temporal calls these, and nobody else does: the plugin and the batch command start them. */
const CALLED_BY_TEMPORAL = ['batchWorkflow', 'limiterWorkflow'];

describe.each(Object.entries(entries))('of %s', (entry, file) => {
  test('the guide names the values, and their options', () => {
    const words = new Set(guide.flatMap(({ text }) => text.match(/\w+/g) ?? []));
    expect(usedNames(file).filter((name) => !words.has(name))).toEqual([]);
  });

  test('docs/names.md has every name, and no other', () => {
    const [, chapter = ''] = names.text.split(`\n## \`${entry}\`\n`);
    const [text = ''] = chapter.split('\n## ');
    const listed = [...text.matchAll(/^\| (`[^|]*`) *\|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
    expect(listed.sort()).toEqual(exportedNames(file).sort());
  });

  test('every class and function has an example where it is declared', () => {
    const shown = ts.SymbolFlags.Class | ts.SymbolFlags.Function;
    const lacking = exportsOf(file).filter(
      ([name, symbol]) =>
        symbol.flags & shown &&
        !CALLED_BY_TEMPORAL.includes(name) &&
        !symbol.getJsDocTags(program.getTypeChecker()).some((tag) => tag.name === 'example'),
    );
    expect(lacking.map(([name]) => name)).toEqual([]);
  });
});
