import Table from 'cli-table3';
import picocolors from 'picocolors';

/** Where text goes, as far as its looks depend on it. */
export interface Medium {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Whether text can be drawn anew in its place. */
export function hasCursor({ isTTY }: Medium, env: NodeJS.ProcessEnv = process.env): boolean {
  return isTTY === true && env['TERM'] !== 'dumb';
}

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
};

/** The looks of a text: colours where there is a terminal, and none elsewhere. */
export class Style {
  readonly #colours: ReturnType<typeof picocolors.createColors>;

  constructor(readonly hasColours: boolean) {
    this.#colours = picocolors.createColors(hasColours);
  }

  /** Colours on a terminal, unless `NO_COLOR` is set or the terminal is a `dumb` one. */
  static of({ isTTY }: Medium, env: NodeJS.ProcessEnv = process.env): Style {
    return new Style(hasCursor({ isTTY }, env) && !env['NO_COLOR']);
  }

  good(text: string): string {
    return this.#colours.green(text);
  }

  /** Worth a look, but nothing is wrong. */
  notable(text: string): string {
    return this.#colours.yellow(text);
  }

  bad(text: string): string {
    return this.#colours.red(text);
  }

  strong(text: string): string {
    return this.#colours.bold(text);
  }

  faint(text: string): string {
    return this.#colours.dim(text);
  }

  /**
   * A table of the house. Columns are aligned left unless their head begins with `>`.
   *
   * @param widths Of the columns; what does not fit continues in the next line. @default as wide as their content
   */
  table(head: readonly string[], widths?: readonly number[]): Table.Table {
    const border = this.hasColours ? ['gray'] : [];
    return new Table({
      ...this.#heads(head),
      style: { head: [], border, compact: true },
      ...(widths !== undefined && { colWidths: [...widths], wordWrap: true }),
    });
  }

  /** Columns of these widths without lines, two spaces apart. What does not fit is cut, and marked. Aligned as a table is. */
  columns(head: readonly string[], widths: readonly number[]): Table.Table {
    return new Table({
      ...this.#heads(head),
      colWidths: [...widths],
      chars: { ...NO_LINES, middle: '  ' },
      style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    });
  }

  #heads(titles: readonly string[]): Pick<Table.TableConstructorOptions, 'head' | 'colAligns'> {
    return {
      head: titles.map((title) => this.strong(title.replace(/^>/, ''))),
      colAligns: titles.map((title) => (title.startsWith('>') ? 'right' : 'left')),
    };
  }
}

/** Without colours: for files and pipes. */
export const PLAIN = new Style(false);

/** At most `width` characters; an ellipsis marks what is left out. Only for text without colours. */
export function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
