import fc from 'fast-check';
import { SubmissionQueues } from '../../../src/workflows/tasks/submission-queues';

describe('submission queues', () => {
  it('start what a worker has room for, and the rest in order as its tasks end', () => {
    const queues = new SubmissionQueues(2, 2, 500);
    const started: number[] = [];
    for (const task of [1, 2, 3, 4]) queues.enter(0, () => started.push(task));
    expect(started).toEqual([1, 2]);
    expect(queues.stats()).toEqual([
      { workerIndex: 0, capacity: 2, queued: 2, inFlight: 2 },
      { workerIndex: 1, capacity: 2, queued: 0, inFlight: 0 },
    ]);
    queues.leave(0);
    queues.leave(0);
    expect(started).toEqual([1, 2, 3, 4]);
    expect(queues.loadOf(0)).toBe(2);
  });

  it('let a full worker hold up nobody else', () => {
    const queues = new SubmissionQueues(2, 1, 500);
    const started: string[] = [];
    queues.enter(0, () => started.push('first'));
    queues.enter(0, () => started.push('waits'));
    queues.enter(1, () => started.push('other'));
    expect(started).toEqual(['first', 'other']);
  });

  it('pass the bound on all workers on in the order of arrival', () => {
    const queues = new SubmissionQueues(3, 5, 1);
    const started: string[] = [];
    queues.enter(2, () => started.push('a'));
    queues.enter(1, () => started.push('b'));
    queues.enter(0, () => started.push('c'));
    queues.leave(2);
    queues.leave(1);
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('withdraw what waits, and nothing that has started', () => {
    const queues = new SubmissionQueues(1, 1, 500);
    const started: string[] = [];
    const withdrawFirst = queues.enter(0, () => started.push('first'));
    const withdrawSecond = queues.enter(0, () => started.push('second'));
    queues.enter(0, () => started.push('third'));
    expect(withdrawFirst()).toBe(false);
    expect(withdrawSecond()).toBe(true);
    queues.leave(0);
    expect(started).toEqual(['first', 'third']);
  });

  it('never have more in flight than allowed, lose nothing, and keep the order at each worker', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('enter' as const), worker: fc.nat(2) }),
        fc.record({ kind: fc.constant('leave' as const), worker: fc.nat(2) }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }), (run, capacity, total) => {
        const queues = new SubmissionQueues(3, capacity, total);
        const started: number[][] = [[], [], []];
        const entered = [0, 0, 0];
        const inFlight = [0, 0, 0];
        const check = (): void => {
          expect(Math.max(...inFlight)).toBeLessThanOrEqual(capacity);
          expect(queues.inFlight).toBe(inFlight.reduce((a, b) => a + b));
          expect(queues.inFlight).toBeLessThanOrEqual(total);
        };
        const leave = (worker: number): void => {
          if (inFlight[worker] === 0) return;
          inFlight[worker]! -= 1;
          queues.leave(worker);
        };
        for (const { kind, worker } of run) {
          if (kind === 'leave') leave(worker);
          else {
            const task = entered[worker]!++;
            queues.enter(worker, () => {
              inFlight[worker]! += 1;
              started[worker]!.push(task);
            });
          }
          check();
        }
        while (queues.inFlight > 0) for (const worker of [0, 1, 2]) leave(worker);
        expect(started).toEqual(entered.map((count) => Array.from({ length: count }, (_, task) => task)));
      }),
    );
  });
});
