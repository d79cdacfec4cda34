import { MultiBar, type SingleBar } from 'cli-progress';

/** How much of one limit is in use now. */
export interface QuotaUse {
  readonly key: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** One set at one moment. */
interface SetProgress {
  readonly name: string;
  /** Items that are at the provider. */
  readonly inFlight: number;
  /** Items that wait for this set's limits. */
  readonly waiting: number;
  readonly quotas: readonly QuotaUse[];
  /** What its provider answered instead of serving, if it did. */
  readonly faults?: string | undefined;
  /** Why its provider serves nobody now, if so. */
  readonly suspension?: string | undefined;
}

/** A batch at one moment. */
export interface ProgressSnapshot {
  /** Items that are through, the failed ones included. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  readonly elapsedSeconds: number;
  /** Attempts beyond the first of each item. @default 0 */
  readonly retries?: number;
  /** The kind of the last error of any attempt. */
  readonly lastError?: string | undefined;
  /** What keeps the batch from going on, if something does. */
  readonly trouble?: string | undefined;
  readonly sets: readonly SetProgress[];
}

/** The whole snapshot in one line, for a log. */
export function progressLine(snapshot: ProgressSnapshot): string {
  const sets = snapshot.sets.map((set) => `${set.name}: ${setText(set)}`);
  const percent = snapshot.total > 0 ? ` (${percentText(snapshot.done / snapshot.total)})` : '';
  return [`${snapshot.done}/${snapshot.total} items${percent}, ${totalText(snapshot)}`, ...sets].join(' | ');
}

/** `1 failed, 3 retries (last error RateLimited), 2:05`, and the trouble if there is any. */
function totalText({ failed, retries = 0, lastError, elapsedSeconds, trouble }: ProgressSnapshot): string {
  const last = lastError === undefined ? '' : ` (last error ${lastError})`;
  const attempts = retries === 0 && last === '' ? [] : [`${retries} retries${last}`];
  return [
    `${failed} failed`,
    ...attempts,
    durationText(elapsedSeconds),
    ...(trouble === undefined ? [] : [trouble]),
  ].join(', ');
}

/** `3 in flight, 10 waiting, call_count 97 %, connections 100 %`, and what is wrong with the provider if something is. */
function setText({ inFlight, waiting, quotas, faults, suspension }: SetProgress): string {
  const uses = quotas.map(({ key, share }) => `${key} ${percentText(share)}`);
  const wrong = [faults, suspension].filter((text) => text !== undefined);
  return [`${inFlight} in flight`, `${waiting} waiting`, ...uses, ...wrong].join(', ');
}

/** A share as a percentage; a dash for one that nobody could measure. */
export function percentText(share: number, digits = 0): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : '–';
}

/** `0:05`, `2:05`, `1:02:05`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

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
