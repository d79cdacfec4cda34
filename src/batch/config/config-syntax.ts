import { type Node, isScalar, visit, Lexer, Parser } from 'yaml';
import { type ConfigProblem } from '../errors/errors';
import { type ConfigSource } from './config-source';

/** What the parser says where it is lost; of what follows, it says so again at every token. */
const LOST = 'UNEXPECTED_TOKEN';

/** In words of our own: the parser's would quote the file. */
const MEANING: Partial<Record<string, string>> = {
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'two keys are on one line; quote a value that contains ": "',
  DUPLICATE_KEY: 'this key appears twice in the same mapping; keep one',
  MISSING_CHAR: 'a closing quote, bracket or comma is missing',
  MULTIPLE_DOCS: 'a second document starts here; the file must hold one',
  TAB_AS_INDENT: 'a tab indents this line; YAML needs spaces',
  TAG_RESOLVE_FAILED: 'tags (!name) have no meaning here; leave the tag out',
  [LOST]: 'a bracket, brace, comma or quote is missing or too many; quote a text that contains one of { } [ ] ,',
};

const BARE_VARIABLE = 'put this "${…}" in quotes: within { } or [ ], its brace would begin a mapping';
const QUOTED_OR_COMMENT = /'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|(?<=^|\s)#.*/g;

/** What makes the text no YAML, or YAML that means something else than it seems to: one problem a line. */
export function findSyntaxProblems(source: ConfigSource): ConfigProblem[] {
  const problems = new Map<number, ConfigProblem>();
  const add = (problem: ConfigProblem): void => {
    if (!problems.has(problem.line)) problems.set(problem.line, problem);
  };
  visit(source.document, {
    Pair: (_key, { key }) => {
      // the parser would print such a key to warn of it, with whatever secret is in it
      if (!isScalar(key)) add(source.problemAtNode(key as Node, [], 'a key must be a text'));
      else if (key.value === '__proto__') add(source.problemAtNode(key, [], 'a key must not be named __proto__'));
    },
  });
  let isLost = false;
  for (const { code, pos } of [...source.document.errors, ...source.document.warnings]) {
    const variable = code === LOST || code === 'MISSING_CHAR' ? bareVariable(source, pos[0]) : undefined;
    if (variable !== undefined) add(source.problemAtOffset(variable, BARE_VARIABLE));
    // where the parser is lost, only what explains itself is a mistake of its own
    else if (!isLost || code !== LOST) {
      add(source.problemAtOffset(pos[0], MEANING[code] ?? `this is not valid YAML (${code})`));
    }
    isLost ||= code === LOST;
  }
  return [...problems.values()];
}

/** Where, in the line around `offset`, a `${` stands outside of quotes. */
function bareVariable(source: ConfigSource, offset: number): number | undefined {
  const { start, text } = source.lineAround(offset);
  const at = text.replace(QUOTED_OR_COMMENT, (whole) => ' '.repeat(whole.length)).indexOf('${');
  return at === -1 ? undefined : start + at;
}

/** Deeper than any config means something. */
const MAX_DEPTH = 200;

/**
 * Whether lists and mappings stand in each other deeper than they should. What reads them calls itself for each: some
 * thousands of brackets in a row end the process, with nothing that could be caught.
 */
export function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // what it parses is of no interest here, only how deep it is in it
    Array.from(parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return true;
  }
  return false;
}
