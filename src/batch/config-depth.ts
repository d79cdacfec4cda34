import { Lexer, Parser } from 'yaml';

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
