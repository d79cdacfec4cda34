import { streamOf } from '../../simulator/world/random';
import type { Timer } from '../../src/acquire/ports';
import type { StrictWindow } from './strict-window';

/** What a call takes, refused or not. */
const CALL_MS = 20;
const LEAST_SLEEP_MS = 1_000;
const MOST_SLEEP_MS = 60_000;

/**
 * What a typical parallel script does: it calls, and whoever is refused sleeps at random, up to twice as long each time
 * (at least a second, at most a minute), and calls again. Goes on for as long as the clock does.
 */
export function sleepAndRetry(clock: Timer, provider: StrictWindow, callers: number): void {
  const random = streamOf(1, 'callers');
  const call = (refusals: number): void => {
    clock.after(CALL_MS, () => {
      if (provider.arrive(clock.now())) {
        call(0);
        return;
      }
      const mostMs = Math.min(MOST_SLEEP_MS, LEAST_SLEEP_MS * 2 ** refusals);
      clock.after(LEAST_SLEEP_MS + random() * (mostMs - LEAST_SLEEP_MS), () => call(refusals + 1));
    });
  };
  for (let i = 0; i < callers; i += 1) call(0);
}
