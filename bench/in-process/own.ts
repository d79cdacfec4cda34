import { CallLimit, type Clock, type Limit, LimitSet, RateLimit, ResourceLimit } from '../../src/index';
import { type Contestant } from '../support/rounds';
import { type Case, PLENTY, REQUESTED, WINDOW_SECONDS } from './cases';

/** This library in memory mode: acquire, tell the usage, release. */
export async function own({ shape, algorithm, entries }: Case): Promise<Contestant> {
  const clock = new EarlierClock();
  const window = { windowSeconds: WINDOW_SECONDS, capacity: PLENTY, algorithm };
  const limits: Record<typeof shape, () => Limit[]> = {
    permit: () => [new ResourceLimit({ key: 'connections', capacity: entries + 10 })],
    call: () => [new CallLimit(window)],
    'call + 2 rates': () => [
      new CallLimit(window),
      ...Object.keys(REQUESTED).map((key) => new RateLimit({ ...window, key })),
    ],
  };
  const set = new LimitSet({ limits: limits[shape](), clock });
  const requested = shape === 'call + 2 rates' ? REQUESTED : undefined;
  const run = async (count: number): Promise<undefined> => {
    for (let i = 0; i < count; i += 1) {
      const slot = await set.acquire({ requested });
      if (requested !== undefined) slot.update({ usage: requested });
      await slot.release();
    }
  };
  // spread over most of the window, so that none of them leaves before it was measured
  for (let i = 0; i < entries; i += 1) {
    clock.earlierMs = (1 - i / entries) * WINDOW_SECONDS * 500;
    if (shape === 'permit') await set.acquire();
    else await run(1);
  }
  clock.earlierMs = 0;
  return { name: 'temporal-limits', run };
}

/** A clock that can be set back, to begin in the past. */
class EarlierClock implements Clock {
  earlierMs = 0;

  now(): number {
    return performance.timeOrigin + performance.now() - this.earlierMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }

  turn(action: () => void): void {
    setImmediate(action);
  }
}
