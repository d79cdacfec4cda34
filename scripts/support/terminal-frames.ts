import { Terminal } from '@xterm/headless';

/** What a command wrote to its terminal at one moment. */
export interface Written {
  /** Since the start. Unit: milliseconds. */
  readonly atMs: number;
  readonly text: Buffer;
}

/** Characters of one row that look alike. */
export interface Run {
  readonly text: string;
  /** One of the terminal's 16 colours; none for its own. */
  readonly color: number | undefined;
  readonly isBold: boolean;
}

/** A terminal's screen from one moment on. */
export interface Frame {
  readonly atMs: number;
  readonly rows: readonly (readonly Run[])[];
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What a recording of `script` holds: its output, and a line for each write with the seconds since the last and the bytes. */
export function writtenIn(output: Buffer, timing: string): Written[] {
  // before it stands a line of `script` itself
  let end = output.indexOf('\n') + 1;
  let atMs = 0;
  return timing
    .trim()
    .split('\n')
    .map((line) => {
      const [seconds = 0, bytes = 0] = line.split(' ').map(Number);
      const begin = end;
      end += bytes;
      atMs += seconds * 1_000;
      return { atMs, text: output.subarray(begin, end) };
    });
}

/** The screens that a terminal of that size showed. */
export async function framesOf(writes: readonly Written[], { columns, rows }: Size): Promise<Frame[]> {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const frames: Frame[] = [];
  for (const { atMs, text } of writes) {
    await new Promise<void>((written) => terminal.write(text, written));
    frames.push({ atMs, rows: Array.from({ length: rows }, (_, row) => runsOf(terminal, row)) });
  }
  terminal.dispose();
  return frames;
}

function runsOf({ buffer: { active }, cols }: Terminal, row: number): Run[] {
  const line = active.getLine(active.viewportY + row);
  const runs: Run[] = [];
  for (let column = 0; column < cols; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined) continue;
    const text = cell.getChars() || ' ';
    const look = { color: cell.isFgPalette() ? cell.getFgColor() : undefined, isBold: cell.isBold() !== 0 };
    const last = runs.at(-1);
    if (last !== undefined && (text === ' ' || (last.color === look.color && last.isBold === look.isBold))) {
      runs[runs.length - 1] = { ...last, text: last.text + text };
    } else {
      runs.push({ text, ...look });
    }
  }
  const last = runs.pop();
  const text = last?.text.trimEnd() ?? '';
  return last === undefined || (text === '' && runs.length === 0) ? runs : [...runs, { ...last, text }];
}
