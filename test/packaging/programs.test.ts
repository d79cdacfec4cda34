import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { documentsIn, Markdown } from './markdown';

const root = path.resolve(__dirname, '../..');
const guide = documentsIn('docs/guide');
const blocks = [new Markdown('README.md'), new Markdown('docs/reference.md'), ...guide].flatMap((document) =>
  document.blocks('ts'),
);

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

/** What an entry exports: values by their name, and the options of those, but for Temporal's own. */
function publicNames(entry: string): string[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is not part of the program`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & ts.SymbolFlags.Value) return [exported.name];
    if (!exported.name.endsWith('Options')) return [];
    const options = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
    return options.filter(isOurs).map(({ name }) => name);
  });
}

function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'));
}

test.each(Object.entries(entries))('the guide names what %s exports, and its options', (_, entry) => {
  const words = new Set(guide.flatMap(({ text }) => text.match(/\w+/g) ?? []));
  expect(publicNames(entry).filter((name) => !words.has(name))).toEqual([]);
});
