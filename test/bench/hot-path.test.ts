import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LeasedSet } from '../../bench/support/leased-set';
import { CallLimit, LimitSet, ResourceLimit } from '../../src/index';
import { TurningClock } from '../support/turning-clock';
import type { Count } from './count-bytes';
import { grown } from './recorded';

/** Nothing is optimised: see count-bytes.ts. Most of the bytes are those of the three `await` of whoever acquires. */
const FLAGS = ['--no-opt', '--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128', '--import', 'tsx'];

test('an acquisition that need not wait takes one promise, and no more memory than it did', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, require.resolve('./count-bytes')]);
  const counts = JSON.parse(stdout) as Readonly<Record<string, Count>>;
  for (const [from, { bytes, promises }] of Object.entries(counts)) {
    // none at all would mean that something was collected meanwhile, and nothing counted
    expect(bytes).toBeGreaterThan(100);
    const found = { [`bytes of an acquisition, ${from}`]: bytes, [`promises of an acquisition, ${from}`]: promises };
    expect(grown(found)).toEqual([]);
  }
});

test('an acquire that need not wait is through in one turn, and its release in none', async () => {
  const set = new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
  const turns: string[] = [];
  const acquiring = set.acquire().then((slot) => {
    turns.push('acquired');
    return slot;
  });
  await Promise.resolve().then(() => turns.push('one turn'));
  expect(turns).toEqual(['acquired', 'one turn']);
  const slot = await acquiring;
  void slot.release();
  expect(set.tryAcquireNow().successful).toBe(true);
});

test('1,000 acquisitions from a lease take next to no messages and no timers of their own', async () => {
  const clock = new CountingClock(1e12);
  const limits = [
    new CallLimit({ windowSeconds: 60, capacity: 1e6 }),
    new ResourceLimit({ key: 'connections', capacity: 10 }),
  ];
  const set = new LeasedSet(limits, clock);
  const work = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) {
      let slot = set.tryAcquireNow();
      if (!slot.successful) {
        const asked = set.acquire();
        await clock.advance(100);
        slot = await asked;
      }
      await clock.advance(1);
      await slot.release();
    }
  };
  // the first are asked for; a process that keeps acquiring is granted a little ahead
  await work(2_000);
  const before = { messages: set.syncs + set.pushes, timers: clock.timers };
  await work(1_000);
  const counts = {
    'messages for 1,000 acquisitions from a lease': set.syncs + set.pushes - before.messages,
    'timers for 1,000 acquisitions from a lease': clock.timers - before.timers,
  };
  expect(grown(counts)).toEqual([]);
});

/** Counts the timers that are set. */
class CountingClock extends TurningClock {
  timers = 0;

  override after(delayMs: number, action: () => void): () => void {
    this.timers += 1;
    return super.after(delayMs, action);
  }
}
