import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** A fenced block of a document. */
export interface Block {
  /** Where it stands, as an editor opens it: `docs/guide/batch.md:12`. */
  readonly place: string;
  readonly code: string;
}

/** A document of the repository, taken apart. */
export class Markdown {
  readonly text: string;

  /** @param file From the root of the repository. */
  constructor(readonly file: string) {
    this.text = readFileSync(path.join(root, file), 'utf8');
  }

  /** The fenced blocks, those in one language if it is named. */
  blocks(wanted?: string): Block[] {
    return [...this.text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(({ 1: language = '', 2: code = '', index }) => {
      const line = this.text.slice(0, index).split('\n').length + 1;
      return wanted === undefined || language === wanted ? [{ place: `${this.file}:${line}`, code }] : [];
    });
  }

  /** What people read, without the blocks: a paragraph, a point of a list, a heading or a cell of a table each. */
  passages(): string[] {
    const prose = this.text.replace(/^```.*?^```$/gms, '').replace(/<!--.*?-->/gs, '');
    return prose
      .split(/\n\s*\n|\n(?=\s*(?:[-*] |\d+\. |#|\|))/)
      .flatMap((passage) => (passage.trim().startsWith('|') ? passage.split('|') : [passage]))
      .map((passage) => passage.replace(/\s+/g, ' ').trim())
      .filter((passage) => /\w/.test(passage));
  }

  /** The sentences of all passages. What stands in backticks is one word. */
  sentences(): string[] {
    return this.passages().flatMap((passage) =>
      passage
        .replace(/`[^`]+`/g, 'Code')
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .split(/(?<=[.!?])\s+/),
    );
  }

  /** Where its links go, those to elsewhere on the web left out. */
  links(): string[] {
    const prose = this.text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]+`/g, '');
    return [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link ?? '');
  }

  /** The anchors of its headings, as GitHub makes them. */
  anchors(): string[] {
    return [...this.text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    );
  }
}

/** The documents of a folder, from the root of the repository. */
export function documentsIn(folder: string): Markdown[] {
  return readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => new Markdown(path.posix.join(folder, name)));
}
