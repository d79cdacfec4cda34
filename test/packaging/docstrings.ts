import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { Block } from './markdown';

const root = path.resolve(__dirname, '../..');

/** Every `@example` in the docs of the source, with the room that it stands in first: `src/workflows/tasks/wait.ts:23`. */
export function docstringExamples(): Block[] {
  const files = (readdirSync(path.join(root, 'src'), { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.sort().flatMap((name) => examplesIn(path.posix.join('src', name)));
}

function examplesIn(file: string): Block[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Block[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== 'example' || tag.parent.parent !== node) continue;
      const line = source.getLineAndCharacterOfPosition(tag.getStart()).line + 1;
      found.push({ place: `${file}:${line}`, code: `${ts.getTextOfJSDocComment(tag.comment) ?? ''}\n` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What a file exports, by name. */
export function exportedNames(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  );
}
