import { Desk } from '../../support/desk';
import { calls, permits } from '../../../simulator/scenario/definitions';

describe('a process that is known to have ended', () => {
  const said = { demand: [[1, 1]] };

  test('holds no permits any more, and hears nothing more', () => {
    const desk = new Desk([calls(10, 1_000), permits(1)]);
    desk.says('a', said);
    desk.turn();
    desk.says('b', said);
    desk.turn();
    expect(desk.heard.get('b')!.levels).toEqual([0, 0]);
    desk.allocator.ended(['queue of a'], desk.now);
    expect(desk.turn().map(({ client }) => client)).toEqual(['b']);
    expect(desk.heard.get('b')!.levels).toEqual([0, 1]);
  });

  test('leaves what it may have started counted from its end, and what it was to start later to others', () => {
    const desk = new Desk([calls(4, 1_000)]);
    desk.says('a', { demand: [[1], [1], [1], [1]] });
    desk.turn();
    const startedAt = desk.now;
    desk.says('a', { used: [[startedAt, 3]] });
    desk.turn(600);
    desk.says('a', { used: [[startedAt, 3]], demand: [[1], [1]] });
    desk.turn(350);
    expect(desk.heard.get('a')!.grants.filter(([notBefore]) => notBefore > desk.now)).not.toEqual([]);
    desk.allocator.ended(['queue of a'], desk.now);
    const endedAt = desk.now;
    // the fourth may have been started until the end; the fifth, which was to come, never
    desk.now = startedAt + 1_051;
    expect(desk.available('calls')).toBe(3);
    desk.now = endedAt + 1_051;
    expect(desk.available('calls')).toBe(4);
  });

  test('is nobody else, and nobody who asks by query', () => {
    const desk = new Desk([permits(1)]);
    desk.says('a', { demand: [[1]], queue: '' });
    desk.turn();
    desk.allocator.ended(['queue of b'], desk.now);
    desk.turn();
    expect(desk.allocator.stats(desk.now).clients).toBe(1);
  });
});

describe('a limiter has nothing to remember', () => {
  test('once nobody has an account, and all that was taken has recovered', () => {
    const desk = new Desk([calls(4, 20_000), permits(1)]);
    expect(desk.allocator.quietAt(desk.now)).toBe(desk.now);
    desk.says('a', { demand: [[2, 1]] });
    desk.turn();
    expect(desk.allocator.quietAt(desk.now)).toBe(Infinity);
    desk.allocator.ended(['queue of a'], desk.now);
    // it counts as started from the moment on at which it may have arrived last, and then recovers
    const quietAt = desk.allocator.quietAt(desk.allocator.quietAt(desk.now));
    expect(quietAt).toBeGreaterThan(desk.now + 20_000);
    expect(quietAt).toBeLessThan(desk.now + 21_000);
    expect(desk.allocator.quietAt(quietAt)).toBe(quietAt);
    expect(desk.allocator.stats(quietAt).limits['calls']!.available).toBe(4);
  });

  test('nor while its provider asks to be left alone', () => {
    const desk = new Desk([permits(1)]);
    desk.says('a', { feedback: { ok: 0, throttled: 1, failed: 0, cause: 'rate_limit', holdMs: 60_000 } });
    desk.turn();
    desk.allocator.ended(['queue of a'], desk.now);
    expect(desk.allocator.quietAt(desk.now)).toBeGreaterThanOrEqual(desk.now + 59_000);
  });
});
