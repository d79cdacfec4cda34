import { MultiBar, type SingleBar } from 'cli-progress';
import { type ProgressSnapshot, progressLine, setText, totalText } from './progress-text';

/** Shows how far a batch is. */
export interface Progress {
  /** May be called as often as there is news. */
  update(snapshot: ProgressSnapshot): void;
  /** Shows the last snapshot and gives the terminal back. Doing it twice does nothing. */
  stop(): void;
}

/** Where progress is shown, such as `process.stderr`. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** How often a line is printed where there is no terminal. */
const LINE_EVERY_SECONDS = 5;

/** Bars on a terminal; elsewhere (a file, CI) a plain line every 5 seconds and one at the end. */
export function startProgress(stream: ProgressStream = process.stderr): Progress {
  return stream.isTTY === true ? bars(stream) : lines(stream);
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

function bars(stream: ProgressStream): Progress {
  // Ctrl-C belongs to the batch, which has work to end first; its stop() gives the cursor back.
  const multi = new MultiBar({
    stream,
    format: '{label} {bar} {text}',
    barsize: 24,
    hideCursor: true,
    linewrap: false,
    gracefulExit: false,
  });
  const byLabel = new Map<string, SingleBar>();
  let stopped = false;

  const draw = (label: string, value: number, total: number, text: string): void => {
    const bar = byLabel.get(label) ?? multi.create(total, 0, { label, text });
    byLabel.set(label, bar);
    bar.setTotal(total);
    bar.update(value, { label, text });
  };

  return {
    update(snapshot) {
      if (stopped) return;
      const width = Math.max(5, ...snapshot.sets.map(({ name }) => name.length));
      const { done, total, sets } = snapshot;
      draw('items'.padEnd(width), done, total, `${done}/${total}, ${totalText(snapshot)}`);
      for (const set of sets) {
        const fullest = Math.max(0, ...set.quotas.map(({ share }) => share));
        draw(set.name.padEnd(width), Math.min(100, Math.round(fullest * 100)), 100, setText(set));
      }
    },
    stop() {
      if (stopped) return;
      stopped = true;
      multi.stop();
    },
  };
}
