import fc from 'fast-check';
import { SignatureQueues, signatureOf, type SignedWaiting } from '../../../src/limiter/waiting/signature-queues';

test('a signature tells all sets of limits apart, up to the most that a set may have', () => {
  const only = (place: number): number => signatureOf(Array.from({ length: 32 }, (_, i) => (i === place ? 0.5 : 0)));
  expect(new Set(Array.from({ length: 32 }, (_, i) => only(i))).size).toBe(32);
  expect(only(0) | only(31)).toBe(signatureOf([1, ...new Array<number>(30).fill(0), 7]));
  expect(signatureOf([0, 0])).toBe(0);
});

test('the heads are the first of each signature, in the order of all that wait', () => {
  const moves = fc.array(
    fc.oneof(
      fc.record({ signature: fc.integer({ min: 0, max: 7 }), priority: fc.integer({ min: -1, max: 1 }) }),
      fc.record({ leave: fc.nat() }),
    ),
  );
  fc.assert(
    fc.property(moves, (steps) => {
      const queues = new SignatureQueues<SignedWaiting>();
      let model: SignedWaiting[] = [];
      const headsOf = (all: readonly SignedWaiting[]): SignedWaiting[] =>
        all.filter((entry) => all.find(({ signature }) => signature === entry.signature) === entry);
      steps.forEach((move, arrival) => {
        if ('signature' in move) {
          const amounts = [1, 2, 4].map((bit) => move.signature & bit);
          const entry = { ...move, amounts, arrival };
          const after = model.findIndex(({ priority }) => priority < move.priority);
          model.splice(after < 0 ? model.length : after, 0, entry);
          expect(queues.push(entry)).toBe(headsOf(model).includes(entry));
        } else {
          const leaver = model[move.leave % Math.max(1, model.length)];
          if (leaver === undefined) return;
          model = model.filter((other) => other !== leaver);
          expect([queues.remove(leaver), queues.remove(leaver)]).toEqual([true, false]);
        }
        expect(queues.heads.map(({ head }) => head)).toEqual(headsOf(model));
        expect([...queues]).toEqual(model);
        expect(queues.size).toBe(model.length);
      });
    }),
  );
});
