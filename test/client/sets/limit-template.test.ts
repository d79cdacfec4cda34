import { MockActivityEnvironment } from '@temporalio/testing';
import { limited } from '../../../src/activities/limited/limited';
import { LimitTemplate, type LimitTemplateOptions } from '../../../src/client/sets/limit-template';
import { CallLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { FakeClock } from '../../support/fake-clock';

const calls = (windowSeconds = 60, capacity = 1) => new CallLimit({ windowSeconds, capacity });
const MINUTE = 60_000;

let named = 0;
function template(options: Partial<LimitTemplateOptions> = {}) {
  const clock = new FakeClock();
  named += 1;
  const made = new LimitTemplate({ name: `template-${String(named)}`, limits: [calls()], clock, ...options });
  return { clock, made };
}

describe('a limit template', () => {
  it('gives the same set for the same key, and each key limits of its own', async () => {
    const { made } = template({ config: { region: 'eu' } });
    expect(made.for('a')).toBe(made.for('a'));
    expect((await made.for('a').tryAcquire()).successful).toBe(true);
    expect((await made.for('a').tryAcquire()).successful).toBe(false);
    expect((await made.for('b').tryAcquire()).successful).toBe(true);
    expect(made.for('b').config).toEqual({ region: 'eu' });
  });

  it('has a name for each key that no other key has', () => {
    const { made } = template({ name: 'acme' });
    const long = 'x'.repeat(300);
    const keys = ['a', 'a]', '[a', 'a][a', '%5B', '#', '#a', 'ä', 'a b', long, `${long}y`, long.toUpperCase()];
    const names = keys.map((key) => made.for(key).name ?? '');
    expect(new Set(names).size).toBe(keys.length);
    expect(names[0]).toBe('acme[a]');
    expect(names[2]).toBe('acme[%5Ba]');
    // what looks like the hash of a long key is another key
    const hashed = names[9] ?? '';
    expect(hashed).toMatch(/^acme\[#[0-9a-f]{64}\]$/);
    expect(made.for(hashed.slice('acme['.length, -1)).name).not.toBe(hashed);
  });

  it('finds room for a hash in the longest name', () => {
    const { made } = template({ name: 'n'.repeat(189) });
    expect(made.for('k'.repeat(100)).name).toHaveLength(256);
    expect(() => template({ name: 'n'.repeat(190) })).toThrow(/name.*189/);
  });

  it.each([
    ['an unknown option', { shard: 1 }, /shard/],
    ['no name', { name: undefined }, /name/],
    ['a private set', { shared: false }, /shared/],
    ['limits that make no sense', { limits: [{ kind: 'call', windowSeconds: 0, capacity: 1 }] }, /windowSeconds/],
    ['an unknown mode', { mode: 'disk' }, /mode/],
    ['a version that makes no sense', { version: 0 }, /version/],
  ])('refuses %s at once', (_, options, message) => {
    expect(() => template(options as never)).toThrow(message);
  });

  it.each([
    ['an empty key', ''],
    ['a number', 7],
    ['nothing', undefined],
    ['half a character', '\ud800'],
  ])('refuses %s', (_, key) => {
    expect(() => template().made.for(key as string)).toThrow(/key: expected a string/);
  });

  it('forgets 20,000 keys that rest, and leaves no timer behind', async () => {
    const { clock, made } = template();
    for (let i = 0; i < 20_000; i += 1) void made.for(String(i)).tryAcquireNow().release();
    expect(made.size).toBe(20_000);
    await clock.advance(3 * MINUTE);
    expect(made.size).toBe(0);
    expect(clock.armed).toBe(0);
  });

  it('keeps a key until its limits have recovered, so that nobody gets a window twice', async () => {
    const { clock, made } = template({ limits: [calls(3_600)] });
    await (await made.for('a').acquire()).release();
    await clock.advance(59 * MINUTE);
    expect((await made.for('a').tryAcquire()).successful).toBe(false);
    await clock.advance(5 * MINUTE);
    expect(made.size).toBe(0);
    expect((await made.for('a').tryAcquire()).successful).toBe(true);
  });

  it('keeps a key whose acquisition is held, or waited for', async () => {
    const { clock, made } = template({ limits: [calls(1, 5), new ResourceLimit({ key: 'slots', capacity: 1 })] });
    const slot = await made.for('a').acquire();
    const waiting = made.for('a').acquire();
    await clock.advance(10 * MINUTE);
    expect(made.size).toBe(1);
    await slot.release();
    await clock.advance(10 * MINUTE);
    expect(made.size).toBe(1);
    await (await waiting).release();
    await clock.advance(10 * MINUTE);
    expect(made.size).toBe(0);
  });

  it('keeps a key whose acquisition is held after its window has passed', async () => {
    const { clock, made } = template({ limits: [calls(1)] });
    const slot = await made.for('a').acquire();
    await clock.advance(10 * MINUTE);
    expect(made.size).toBe(1);
    await slot.release();
  });

  it('lets who has kept a forgotten set continue with it, within the same limits', async () => {
    const { clock, made } = template();
    const kept = made.for('a');
    await (await kept.acquire()).release();
    await clock.advance(10 * MINUTE);
    expect(made.size).toBe(0);
    expect((await kept.tryAcquire()).successful).toBe(true);
    expect((await made.for('a').tryAcquire()).successful).toBe(false);
  });

  it('gives each set the timing that it was given', async () => {
    const { clock, made } = template({ maxPauseSeconds: 2, guardMs: 7 });
    const slot = await made.for('a').acquire();
    slot.observe({ status: 429, headers: { 'retry-after': '100' } });
    await slot.release();
    const next = made.for('a').acquire({ timeout: 70_000 });
    await clock.advance(MINUTE + 3_000);
    expect((await next).isHeld).toBe(true);
  });

  it('has larger fencing tokens for who comes later, also where the set was forgotten meanwhile', async () => {
    const { clock, made } = template({ limits: [new ResourceLimit({ key: 'seat', capacity: 1 })] });
    const tokens: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const slot = await made.for('a').acquire();
      tokens.push(slot.fencingToken);
      await slot.release();
      await clock.advance(3 * MINUTE);
      expect(made.size).toBe(0);
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
  });

  it('makes a set anew that its user has closed, and closes all that it keeps', async () => {
    const { clock, made } = template();
    const closed = made.for('a');
    await closed.close();
    const open = made.for('a');
    expect((await open.tryAcquire()).successful).toBe(true);
    await made.close();
    await expect(open.acquire()).rejects.toThrow(/has been closed/);
    await closed.close();
    expect({ size: made.size, armed: clock.armed }).toEqual({ size: 0, armed: 0 });
  });

  it('serves each call of a limited activity by its argument', async () => {
    const { made } = template({ limits: [calls(60, 5)] });
    const activity = limited((customer: string) => Promise.resolve(customer), {
      limits: (customer) => made.for(customer),
    });
    const environment = new MockActivityEnvironment();
    await environment.run(activity, 'a');
    await environment.run(activity, 'a');
    await environment.run(activity, 'b');
    const taken = async (key: string) => (await made.for(key).getStats()).limits['call_count']?.available;
    expect([await taken('a'), await taken('b')]).toEqual([3, 4]);
  });
});
