import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Waits for what a test expects to happen, and says what did not; a condition may answer what is the case instead. */
export async function until(
  what: string,
  condition: () => boolean | string | Promise<boolean | string>,
  withinMs = 120_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer === true) return;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}; now ${answer}`);
    await sleep(POLL_MS);
  }
}
