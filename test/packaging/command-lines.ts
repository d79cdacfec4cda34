import type { Markdown } from './markdown';

/** A command in a document, as its words, with where it stands. */
export interface CommandLine {
  readonly place: string;
  readonly text: string;
  readonly words: readonly string[];
}

const COMMANDS = /^(npm|npx|temporal-limits)\s/;

/** The commands of a document: each line of its `sh` blocks, and what stands in backticks and begins like one. */
export function commandLines(document: Markdown): CommandLine[] {
  const blocks = document.blocks('sh').flatMap(({ place, code }) =>
    code
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .map((text) => ({ place, text })),
  );
  const prose = document.text.replace(/^```.*?^```$/gms, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(([, text = '']) => ({ place: document.file, text }))
    .filter(({ text }) => COMMANDS.test(text));
  return [...blocks, ...spans].flatMap(({ place, text }) =>
    alternatives(text.replace(/\s+#.*$/, '').replace(/^#.*$/, ''))
      .flatMap((line) => line.split(/\s+(?:&&|\|)\s+/))
      .map((command) => ({ place, text: command, words: wordsOf(command) }))
      .filter(({ words }) => words.length > 0),
  );
}

/** `batch status|pause <id>` is two commands. */
function alternatives(text: string): string[] {
  const found = /(^|\s)([\w-]+(?:\|[\w-]+)+)(?=\s|$)/.exec(text);
  if (found === null) return [text];
  const [whole, before = '', choice = ''] = found;
  return choice.split('|').map((one) => text.replace(whole, () => before + one));
}

/** As a shell reads them, without variables set for the command. A placeholder such as `<set>` is a word. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(
    ([word, double, single]) => double ?? single ?? word,
  );
  while (/^[A-Z_]+=/.test(words[0] ?? '')) words.shift();
  return words.filter((word) => word !== '…');
}
