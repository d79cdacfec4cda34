import { Gate } from '../../../src/acquire/gate/gate';
import { defineLimits } from '../../../src/limiter/definition/definition';
import { ResourceLimit } from '../../../src/limiter/definition/limits';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { FakeClock, settled } from '../../support/fake-clock';

const ONE = { amounts: [1], covers: [true] };
const PLENTY = 10_000;

/** A process whose turns pass when it is told to: all that has been set going has run by then, and took its time. */
class Process extends FakeClock {
  turns = 0;
  #next: (() => void) | undefined;

  override turn(action: () => void): void {
    this.#next = action;
  }

  async nextTurn(): Promise<boolean> {
    await settled();
    const action = this.#next;
    if (action === undefined) return false;
    this.#next = undefined;
    this.turns += 1;
    action();
    await settled();
    return true;
  }

  async untilIdle(): Promise<void> {
    while (await this.nextTurn());
  }
}

/** Requests that wait for permits, each with work to do for so long once it has one. */
function crowd(costMs: () => number) {
  const clock = new Process(1_000);
  const ledger = new Ledger(defineLimits([new ResourceLimit({ key: 'permits', capacity: PLENTY })], 'GCRA'), 1_000);
  const gate = new Gate(ledger, clock, undefined, 'test');
  /** In which turn each passed, or what it failed with. */
  const outcomes: unknown[] = [];
  ledger.take([PLENTY], 1_000);
  return {
    clock,
    gate,
    outcomes,
    /** How many passed in each turn. */
    portions: () => [...new Set(outcomes)].map((turn) => outcomes.filter((other) => other === turn).length),
    arrive(count: number, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
      for (let i = 0; i < count; i += 1)
        gate.pass(ONE, { priority: 0, timeoutMs: undefined, signal: undefined, ...options }).then(
          () => {
            outcomes.push(clock.turns);
            clock.set(clock.now() + costMs());
          },
          (error: unknown) => outcomes.push((error as Error).name),
        );
    },
    comeBack(count: number) {
      ledger.release([count]);
      gate.pump();
    },
  };
}

it('lets through one in each turn of the process where each has milliseconds of work to do', async () => {
  const { clock, arrive, comeBack, outcomes } = crowd(() => 4);
  arrive(20);
  comeBack(20);
  await clock.untilIdle();
  expect(outcomes).toEqual(Array.from({ length: 20 }, (_, turn) => turn));
});

it('lets through twice as many in each turn as in the one before while they take no time', async () => {
  const { clock, arrive, comeBack, portions } = crowd(() => 0);
  arrive(1_000);
  comeBack(1_000);
  await clock.untilIdle();
  expect(portions()).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 489]);
});

it('lets through as many in a turn as take a millisecond, judging by the last one', async () => {
  let costMs = 0.125;
  const { clock, arrive, comeBack, portions, outcomes } = crowd(() => costMs);
  arrive(60);
  comeBack(31);
  await clock.untilIdle();
  expect(portions()).toEqual([1, 2, 4, 8, 8, 8]);
  outcomes.length = 0;
  costMs = 5;
  comeBack(25);
  await clock.untilIdle();
  expect(portions()).toEqual([8, ...Array.from({ length: 17 }, () => 1)]);
});

it('learns nothing from turns in which fewer passed than might have', async () => {
  const { clock, arrive, comeBack, portions, outcomes } = crowd(() => 0);
  arrive(40);
  for (let i = 0; i < 30; i += 1) {
    comeBack(1);
    await clock.untilIdle();
  }
  outcomes.length = 0;
  comeBack(10);
  await clock.untilIdle();
  expect(portions()).toEqual([2, 4, 4]);
});

it('lets nobody through between two turns, whatever happens meanwhile', async () => {
  const { clock, gate, arrive, comeBack, outcomes } = crowd(() => 4);
  arrive(3);
  comeBack(3);
  comeBack(1);
  gate.pump();
  await settled();
  expect(outcomes).toEqual([0]);
  arrive(1);
  expect(gate.tryPass(ONE, 0)).toBe(false);
  await clock.untilIdle();
  expect(outcomes).toEqual([0, 1, 2, 3]);
});

it('lets nobody through who has given up between two turns', async () => {
  const { clock, arrive, comeBack, outcomes } = crowd(() => 4);
  const impatient = new AbortController();
  arrive(1);
  arrive(1, { timeoutMs: 4 });
  arrive(1, { signal: impatient.signal });
  arrive(1);
  comeBack(4);
  impatient.abort(new Error('no longer'));
  await clock.untilIdle();
  expect(outcomes).toEqual([0, 'Error', 'AcquireTimeoutError', 1]);
});

it('lets nobody through of whom the rest is refused between two turns', async () => {
  const { clock, gate, arrive, comeBack, outcomes } = crowd(() => 4);
  arrive(3);
  comeBack(3);
  gate.refuseAll(new RangeError('closed'));
  await clock.untilIdle();
  expect(outcomes).toEqual([0, 'RangeError', 'RangeError']);
});

it('tells when all have passed who may', async () => {
  const { clock, gate, arrive, comeBack, outcomes } = crowd(() => 4);
  const told: number[] = [];
  gate.pumpAll(() => told.push(outcomes.length));
  expect(told).toEqual([0]);
  arrive(3);
  comeBack(2);
  gate.pumpAll(() => told.push(outcomes.length));
  await clock.untilIdle();
  expect(told).toEqual([0, 2]);
});
