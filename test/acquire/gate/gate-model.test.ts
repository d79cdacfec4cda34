import fc from 'fast-check';
import { Gate } from '../../../src/acquire/gate/gate';
import { defineLimits } from '../../../src/limiter/definition/definition';
import { ResourceLimit } from '../../../src/limiter/definition/limits';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { FakeClock } from '../../support/fake-clock';
import { startedAtOnce } from '../../support/started-at-once';

const CAPACITIES = [3, 2, 4];
const keys = ['a', 'b', 'c'];

interface Asking {
  readonly id: number;
  readonly amounts: readonly number[];
  readonly priority: number;
}

/** The rule as it is written down: every limit asked for has room for the request and for each head before it. */
class NaiveGate {
  readonly free = [...CAPACITIES];
  readonly passed: Asking[] = [];
  waiting: Asking[] = [];

  arrive(asking: Asking): void {
    const after = this.waiting.findIndex(({ priority }) => priority < asking.priority);
    this.waiting.splice(after < 0 ? this.waiting.length : after, 0, asking);
    this.letThrough();
  }

  leave(id: number): void {
    this.waiting = this.waiting.filter((other) => other.id !== id);
    this.letThrough();
  }

  release(id: number): void {
    const holder = this.passed.find((other) => other.id === id);
    holder?.amounts.forEach((amount, i) => (this.free[i]! += amount));
    this.letThrough();
  }

  letThrough(): void {
    const next = this.heads().find((head) => this.mayPass(head));
    if (next === undefined) return;
    this.waiting = this.waiting.filter((other) => other !== next);
    next.amounts.forEach((amount, i) => (this.free[i]! -= amount));
    this.passed.push(next);
    this.letThrough();
  }

  mayPass(head: Asking): boolean {
    const heads = this.heads();
    const before = heads.slice(0, heads.indexOf(head));
    return head.amounts.every((amount, i) => {
      const reserved = before.reduce((sum, other) => sum + other.amounts[i]!, 0);
      return amount === 0 || amount + reserved <= this.free[i]!;
    });
  }

  heads(): Asking[] {
    const signature = ({ amounts }: Asking): string => amounts.map((amount) => amount > 0).join();
    return this.waiting.filter((asking, at) => {
      return !this.waiting.slice(0, at).some((before) => signature(before) === signature(asking));
    });
  }
}

const amounts = fc.tuple(...CAPACITIES.map((capacity) => fc.integer({ min: 0, max: capacity })));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ arrive: amounts, priority: fc.constantFrom(0, 0, 0, 1, -1) }) },
  { weight: 1, arbitrary: fc.record({ leave: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ release: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ tries: amounts, priority: fc.constantFrom(0, 1) }) },
);

test('a gate lets through whom the rule lets through, in the same order, whoever comes and goes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new FakeClock();
      const limits = keys.map((key, i) => new ResourceLimit({ key, capacity: CAPACITIES[i]! }));
      const ledger = new Ledger(defineLimits(limits, 'GCRA'), 0);
      const gate = new Gate(startedAtOnce(ledger, clock), clock);
      const model = new NaiveGate();
      const passed: number[] = [];
      const held = new Map<number, readonly number[]>();
      const signals = new Map<number, AbortController>();
      let ids = 0;
      for (const move of steps) {
        if ('arrive' in move || 'tries' in move) {
          const id = ++ids;
          const wanted = 'arrive' in move ? move.arrive : move.tries;
          const request = { amounts: wanted, covers: wanted.map((amount) => amount > 0) };
          const asking = { id, amounts: wanted, priority: move.priority };
          const note = (): void => {
            passed.push(id);
            held.set(id, wanted);
            signals.delete(id);
          };
          if ('arrive' in move) {
            const controller = new AbortController();
            signals.set(id, controller);
            const options = { priority: move.priority, timeoutMs: undefined, signal: controller.signal };
            gate.pass(request, options, note).catch(() => undefined);
            model.arrive(asking);
          } else {
            const before = model.waiting;
            model.arrive(asking);
            const expected = !model.waiting.includes(asking);
            if (!expected) model.waiting = before.filter((other) => other.id !== id);
            expect(gate.tryPass(request, move.priority)).toBe(expected);
            if (expected) note();
          }
        } else if ('leave' in move) {
          const id = [...signals.keys()][move.leave % Math.max(1, signals.size)];
          if (id === undefined) continue;
          signals.get(id)?.abort();
          signals.delete(id);
          model.leave(id);
        } else {
          const id = [...held.keys()][move.release % Math.max(1, held.size)];
          if (id === undefined) continue;
          ledger.release(held.get(id)!);
          held.delete(id);
          model.release(id);
          gate.pump();
        }
        expect(passed).toEqual(model.passed.map((asking) => asking.id));
        expect([...gate.waiting].map(({ amounts: wanted, priority }) => [priority, wanted])).toEqual(
          model.waiting.map((asking) => [asking.priority, asking.amounts]),
        );
      }
    }),
  );
});
