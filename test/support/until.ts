import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Waits for what a test expects to happen, and says what did not. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await sleep(POLL_MS);
  }
}
