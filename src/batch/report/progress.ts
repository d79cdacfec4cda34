import { hasCursor, type Medium, Style } from '../text/style';
import { type ProgressSnapshot } from './progress-snapshot';
import { progressBars, progressLine } from './progress-text';

/** Shows how far a batch is. */
export interface Progress {
  /** May be called as often as there is news. */
  update(snapshot: ProgressSnapshot): void;
  /** Shows the last snapshot and gives the terminal back. Doing it twice does nothing. */
  stop(): void;
}

/** Where progress is shown, such as `process.stderr`. */
export type ProgressStream = Medium & { write(text: string): unknown };

/** How often a line is printed where there is no terminal. */
const LINE_EVERY_SECONDS = 5;
/** Where the width of the terminal is unknown. */
const COLUMNS = 80;

/** Bars on a terminal; elsewhere (a file, CI) a plain line every 5 seconds and one at the end. */
export function startProgress(stream: ProgressStream = process.stderr): Progress {
  return hasCursor(stream) ? bars(stream) : lines(stream);
}

function lines(stream: ProgressStream): Progress {
  let latest: ProgressSnapshot | undefined;
  let printed: ProgressSnapshot | undefined;
  const print = (snapshot: ProgressSnapshot): void => {
    printed = snapshot;
    stream.write(`${progressLine(snapshot)}\n`);
  };
  return {
    update(snapshot) {
      latest = snapshot;
      if (snapshot.elapsedSeconds - (printed?.elapsedSeconds ?? 0) >= LINE_EVERY_SECONDS) print(snapshot);
    },
    stop() {
      if (latest !== undefined && latest !== printed) print(latest);
      latest = undefined;
    },
  };
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[K';

/** Lines that are drawn over again in the same place. Ctrl-C belongs to the batch, which has work to end first. */
function bars(stream: ProgressStream): Progress {
  const style = Style.of(stream);
  let drawn = 0;
  let isStopped = false;
  return {
    update(snapshot) {
      if (isStopped) return;
      // the last column stays free: some terminals wrap when it is written to
      const shown = progressBars(snapshot, (stream.columns ?? COLUMNS) - 1, style);
      const up = drawn > 1 ? `\u001b[${drawn - 1}A` : '';
      stream.write(`${drawn === 0 ? HIDE_CURSOR : ''}${up}\r${shown.map((line) => line + CLEAR_LINE).join('\n')}`);
      drawn = shown.length;
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      if (drawn > 0) stream.write(`\n${SHOW_CURSOR}`);
    },
  };
}
