import fc from 'fast-check';

import { WaitQueue, type Waiting } from '../../../src/limiter/waiting/wait-queue';

const entry = (priority: number): Waiting => ({ amounts: [], priority });

describe('the wait queue', () => {
  it('is first come, first served within a priority, whoever leaves meanwhile', () => {
    const arrivals = fc.array(
      fc.oneof(fc.record({ push: fc.integer({ min: -2, max: 2 }) }), fc.record({ leave: fc.nat() })),
    );
    fc.assert(
      fc.property(arrivals, (steps) => {
        const queue = new WaitQueue<Waiting>();
        let model: Waiting[] = [];
        for (const step of steps) {
          if ('push' in step) {
            const newcomer = entry(step.push);
            const ahead = model.filter(({ priority }) => priority >= step.push).length;
            model.splice(ahead, 0, newcomer);
            queue.push(newcomer);
          } else if (model.length > 0) {
            const leaver = model[step.leave % model.length]!;
            model = model.filter((other) => other !== leaver);
            expect([queue.remove(leaver), queue.remove(leaver)]).toEqual([true, false]);
          }
          expect(queue.peek()).toBe(model[0]);
          expect(queue.size).toBe(model.length);
        }
        expect([...queue]).toEqual(model);
      }),
    );
  });

  it('costs the same however many have come and gone behind one that stays', () => {
    const queue = new WaitQueue<Waiting>();
    queue.push(entry(0));
    for (let i = 0; i < 100_000; i += 1) {
      const hasty = entry(i / 100_000);
      queue.push(hasty);
      queue.remove(hasty);
    }
    expect([...queue]).toHaveLength(1);
  });

  it('skips nobody and repeats nobody while it is walked and left', () => {
    const queue = new WaitQueue<Waiting>();
    const entries = Array.from({ length: 3000 }, (_, i) => entry(i < 1500 ? 1 : 0));
    entries.forEach((waiting) => queue.push(waiting));
    const walked: Waiting[] = [];
    for (const waiting of queue) {
      walked.push(waiting);
      queue.remove(waiting);
      // every tenth takes the one behind it along
      const next = entries[entries.indexOf(waiting) + 1];
      if (walked.length % 10 === 0 && next !== undefined) queue.remove(next);
    }
    expect(walked).toHaveLength(new Set(walked).size);
    expect(walked).toHaveLength(3000 - Math.floor(walked.length / 10));
    expect([queue.size, queue.peek()]).toEqual([0, undefined]);
  });

  it('keeps one place for an entry that comes twice', () => {
    const queue = new WaitQueue<Waiting>();
    const [first, second] = [entry(0), entry(0)];
    for (const waiting of [first, second, first]) queue.push(waiting);
    expect([...queue]).toEqual([first, second]);
    queue.remove(first);
    queue.push(first);
    expect([...queue]).toEqual([second, first]);
  });
});
