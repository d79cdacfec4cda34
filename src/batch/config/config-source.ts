import { type Document, LineCounter, type Node, type Pair, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { type ConfigProblem } from '../errors/errors';

export type ConfigPath = readonly PropertyKey[];

/** A YAML text that remembers where everything in it stood. */
export class ConfigSource {
  readonly document: Document.Parsed;
  readonly #text: string;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#text = text;
    // Pretty errors would quote the source, in which a key may stand.
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** A problem at the value of `path`, or at its key; at the nearest mapping or list around it if it is missing. */
  problemAt(path: ConfigPath, message: string, where: 'value' | 'key' = 'value'): ConfigProblem {
    const node = where === 'key' ? this.#keyNode(path) : undefined;
    return this.#problem(this.#offset(node ?? this.#deepest(path)), printPath(path), message);
  }

  /** A problem of the text, wherever in the config that is. */
  problemAtOffset(offset: number, message: string): ConfigProblem {
    return this.#problem(offset, '', message);
  }

  problemAtNode(node: Node, path: ConfigPath, message: string): ConfigProblem {
    return this.#problem(this.#offset(node), printPath(path), message);
  }

  line(path: ConfigPath): number {
    return this.problemAt(path, '').line;
  }

  /** The whole line in which `offset` is, and at which offset it begins. */
  lineAround(offset: number): { readonly start: number; readonly text: string } {
    const start = offset === 0 ? 0 : this.#text.lastIndexOf('\n', offset - 1) + 1;
    const end = this.#text.indexOf('\n', offset);
    return { start, text: this.#text.slice(start, end === -1 ? undefined : end) };
  }

  /** Whether the text at `path` has a variable in it, before or after that was replaced. */
  hasVariable(path: ConfigPath): boolean {
    const node = this.document.getIn(path, true);
    return isScalar(node) && VARIABLE.test(node.source ?? '');
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

const VARIABLE = /(?<!\$)\$\{/;
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

/** What stands at `path` in plain data, or undefined: own keys only, so that no name reaches a prototype. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
