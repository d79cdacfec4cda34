import { type Document, LineCounter, type Node, type Pair, isMap, isNode, isScalar, parseDocument, visit } from 'yaml';
import { type ConfigProblem } from './config-error';

export type ConfigPath = readonly PropertyKey[];

/** A YAML text that remembers where everything in it stood. */
export class ConfigSource {
  readonly document: Document.Parsed;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    // Pretty errors would quote the source, in which a key may stand.
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** What makes the text no YAML, or YAML that means something else than it seems to. */
  syntaxProblems(): ConfigProblem[] {
    const problems: ConfigProblem[] = [];
    visit(this.document, {
      Pair: (_key, { key }) => {
        // the parser would print such a key to warn of it, with whatever secret is in it
        if (!isScalar(key)) problems.push(this.problemAtNode(key as Node, [], 'a key must be a text'));
        else if (key.value === '__proto__') {
          problems.push(this.problemAtNode(key, [], 'a key must not be named __proto__'));
        }
      },
    });
    for (const { code, pos } of [...this.document.errors, ...this.document.warnings]) {
      problems.push(this.#problem(pos[0], '', SYNTAX[code] ?? `this is not valid YAML (${code})`));
    }
    return problems;
  }

  /** A problem at the value of `path`, or at its key; at the nearest mapping or list around it if it is missing. */
  problemAt(path: ConfigPath, message: string, where: 'value' | 'key' = 'value'): ConfigProblem {
    const node = where === 'key' ? this.#keyNode(path) : undefined;
    return this.#problem(this.#offset(node ?? this.#deepest(path)), printPath(path), message);
  }

  problemAtNode(node: Node, path: ConfigPath, message: string): ConfigProblem {
    return this.#problem(this.#offset(node), printPath(path), message);
  }

  line(path: ConfigPath): number {
    return this.problemAt(path, '').line;
  }

  #keyNode(path: ConfigPath): Node | undefined {
    const parent = path.length === 1 ? this.document.contents : this.document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return undefined;
    const last = String(path.at(-1));
    const pair = parent.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === last);
    return isNode(pair?.key) ? pair.key : undefined;
  }

  #deepest(path: ConfigPath): Node | null {
    for (let length = path.length; length > 0; length--) {
      const node = this.document.getIn(path.slice(0, length), true);
      if (isNode(node)) return node;
    }
    return this.document.contents;
  }

  #offset(node: Node | null): number {
    return node?.range?.[0] ?? 0;
  }

  #problem(offset: number, path: string, message: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), path, message };
  }
}

const PLAIN_NAME = /^[A-Za-z_][\w-]{0,63}$/;

/** `sets[0].config["odd key"]`. */
function printPath(path: ConfigPath): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      if (!PLAIN_NAME.test(name)) return `[${JSON.stringify(name.slice(0, 64))}]`;
      return i === 0 ? name : `.${name}`;
    })
    .join('');
}

/** In words of our own: the parser's would quote the file. */
const SYNTAX: Partial<Record<string, string>> = {
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'two keys stand on one line; put a value with ": " in it in quotes',
  DUPLICATE_KEY: 'this key stands twice in the same mapping; keep one',
  MISSING_CHAR: 'a closing quote, bracket or comma is missing',
  MULTIPLE_DOCS: 'a second document starts here; the file must hold one',
  TAB_AS_INDENT: 'a tab indents this line; YAML needs spaces',
  TAG_RESOLVE_FAILED: 'tags (!name) have no meaning here; leave the tag out',
};
