import { setTimeout as sleep } from 'node:timers/promises';
import { type Medium } from '../text/style';

/** A keyboard, as far as it is needed: `process.stdin`. */
export interface Keyboard {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (keys: Buffer) => void): unknown;
  off(event: 'data', listener: (keys: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface LiveScreenOptions {
  /** What is shown until there is something to draw. */
  readonly first: string;
  readonly screen: Medium & { write(text: string): unknown };
  readonly keyboard: Keyboard;
  /** Unit: milliseconds. */
  readonly everyMs: number;
}

/** The terminal's other screen, which leaves what was there as it was; and the cursor. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const CTRL_C = '\u0003';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Draws what there is every few moments, in the same place, until `q`, Ctrl-C or a signal. */
export async function showLive(
  draw: () => Promise<string>,
  { first, screen, keyboard, everyMs }: LiveScreenOptions,
): Promise<void> {
  const end = new AbortController();
  const left = new Promise<'left'>((resolve) => end.signal.addEventListener('abort', () => resolve('left')));
  const unlisten = onLeave(keyboard, () => end.abort());
  const show = (text: string): void => {
    screen.write(`${HOME}${text.replaceAll('\n', `${CLEAR_LINE}\n`)}${CLEAR_LINE}${CLEAR_BELOW}`);
  };
  screen.write(ENTER);
  show(first);
  try {
    for (;;) {
      const text = await Promise.race([draw(), left]);
      if (end.signal.aborted) return;
      show(text);
      await sleep(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  } finally {
    screen.write(LEAVE);
    unlisten();
  }
}

function onLeave(keyboard: Keyboard, leave: () => void): () => void {
  const hear = (keys: Buffer): void => {
    const text = keys.toString();
    if (text.includes('q') || text.includes(CTRL_C)) leave();
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  if (keyboard.isTTY === true) {
    keyboard.setRawMode?.(true);
    keyboard.on('data', hear);
    keyboard.resume();
  }
  return () => {
    for (const signal of SIGNALS) process.off(signal, leave);
    if (keyboard.isTTY !== true) return;
    keyboard.off('data', hear);
    keyboard.setRawMode?.(false);
    keyboard.pause();
  };
}
