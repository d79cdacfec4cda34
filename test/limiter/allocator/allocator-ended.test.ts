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
