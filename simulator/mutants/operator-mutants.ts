import type { Mutant } from './mutant';
import { OPERATED, OPERATED_BUCKET, OPERATED_PERMITS } from './mutant-scenes';

/** Mistakes about what operators change. */
export const OPERATOR_MUTANTS: readonly Mutant[] = [
  {
    name: "an operator's pause keeps nobody from being granted anything",
    file: 'limiter/allocator/conditions.ts',
    from: '!this.#control.isPaused && this.#provider.mayStart(account);',
    to: 'this.#provider.mayStart(account);',
    where: { ...OPERATED },
  },
  {
    name: "no client hears of an operator's pause",
    file: 'limiter/allocator/conditions.ts',
    from: 'return pause === undefined ? news : { ...news, provider: pause };',
    to: 'return news;',
    where: { ...OPERATED_PERMITS },
  },
  {
    name: 'what was to end by itself goes on',
    file: 'limiter/control/operator-control.ts',
    from: 'this.#control = this.at(now);',
    to: '',
    where: { ...OPERATED },
  },
  {
    name: 'nobody looks when a change ends',
    file: 'limiter/allocator/conditions.ts',
    from: 'return Math.min(probeAt, this.#control.nextEnd);',
    to: 'return probeAt;',
    where: { ...OPERATED, idleMs: 20_000 },
  },
  {
    name: 'what was used is there again once a capacity has been lowered and raised',
    file: 'limiter/ledger/count.ts',
    from: 'this.#highest = highest;',
    to: '',
    where: { ...OPERATED_BUCKET },
  },
  {
    name: 'a capacity that an operator sets counts nowhere',
    file: 'limiter/control/operator-control.ts',
    from: 'return controlledLimits(limits, this.at(now));',
    to: 'return limits;',
    where: { ...OPERATED },
  },
  {
    name: 'a limiter that continues as new forgets what operators have changed',
    file: 'limiter/allocator/conditions.ts',
    from: 'this.#control = new OperatorControl(control);',
    to: 'this.#control = new OperatorControl(control && undefined);',
    where: { ...OPERATED, faults: ['operator', 'continue-as-new'] },
  },
];
