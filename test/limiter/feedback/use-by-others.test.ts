import fc from 'fast-check';
import type { WindowDefinition } from '../../../src/limiter/definition/definition';
import { UseByOthers } from '../../../src/limiter/feedback/use-by-others';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import '../../support/property-seed';
import { Desk } from '../../support/desk';
import { take } from '../../support/started-at-once';

const WINDOW_MS = 60_000;
const LIMIT: WindowDefinition = {
  kind: 'call',
  key: 'calls',
  capacity: 100,
  windowMs: WINDOW_MS,
  algorithm: 'SlidingWindow',
  overage: 'reject',
};

/** A ledger, and what is heard of its provider. */
class Account {
  readonly ledger = new Ledger([LIMIT], 0);
  readonly others = new UseByOthers();

  constructor() {
    this.hear(0, 100, 0);
  }

  take(units: number, now: number): void {
    take(this.ledger, [units], now);
    this.others.note(this.ledger, now);
  }

  /** An answer to a call of `since`, heard now. Says how many units were charged. */
  hear(since: number, remaining: number, now: number): number {
    const before = this.charged;
    this.others.hear([{ index: 0, since, remaining, limit: 100 }], this.ledger, now);
    return this.charged - before;
  }

  get charged(): number {
    return this.others.known?.['calls']?.usedByOthers ?? 0;
  }
}

describe('what a provider says is left', () => {
  it('is charged as used by others where it is less than was free here', () => {
    const account = new Account();
    account.take(10, 1_000);
    expect(account.hear(1_000, 60, 2_000)).toBe(30);
    expect(account.ledger.available(0, 2_000)).toBe(60);
  });

  it('is charged once, however many answers tell of it', () => {
    const account = new Account();
    account.take(10, 1_000);
    expect(account.hear(1_000, 60, 2_000)).toBe(30);
    expect(account.hear(1_000, 60, 2_100)).toBe(0);
    expect(account.hear(1_500, 50, 2_200)).toBe(10);
  });

  it('recovers like all that is used', () => {
    const account = new Account();
    account.hear(1_000, 60, 2_000);
    expect(account.ledger.available(0, 2_000 + WINDOW_MS)).toBe(100);
  });

  it('gives nothing back where it is more', () => {
    const account = new Account();
    account.take(90, 1_000);
    expect(account.hear(1_000, 100, 2_000)).toBe(0);
    expect(account.ledger.available(0, 2_000)).toBe(10);
  });

  it('says nothing within what providers round', () => {
    const account = new Account();
    account.take(10, 1_000);
    expect(account.hear(1_000, 85, 2_000)).toBe(0);
  });

  it('is not compared with what has become free since', () => {
    const account = new Account();
    account.take(95, 1_000);
    // nearly all was used when the provider answered, and all is free when it is heard
    expect(account.hear(1_500, 5, 2_000 + WINDOW_MS)).toBe(0);
    account.take(10, 2_500 + WINDOW_MS);
    expect(account.hear(2_500 + WINDOW_MS, 60, 3_000 + WINDOW_MS)).toBe(30);
  });

  it('is not compared with what was free before anything was heard', () => {
    const account = new Account();
    expect(new UseByOthers().known).toBeUndefined();
    expect(account.hear(-1, 0, 500)).toBe(0);
  });

  it('is followed to a lower limit where that is wanted, and back, never beyond', () => {
    const [following, other] = [
      { ...LIMIT, follow: true as const },
      { ...LIMIT, key: 'other' },
    ];
    const limits = [following, other];
    const [others, ledger] = [new UseByOthers(), new Ledger(limits, 0)];
    const says = (limit: number): readonly number[] => {
      const reports = [0, 1].map((index) => ({ index, since: 0, limit }));
      others.hear(reports, ledger, 0);
      return others.inForce(limits).map(({ capacity }) => capacity);
    };
    expect(others.inForce(limits)).toBe(limits);
    expect(says(60)).toEqual([60, 100]);
    expect(says(100)).toEqual([100, 100]);
    expect(says(500)).toEqual([100, 100]);
    expect(others.inForce([other])).toEqual([other]);
  });

  it('never charges more than others have used', () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 20_000 }),
        action: fc.constantFrom('take', 'others', 'answer'),
        units: fc.integer({ min: 1, max: 40 }),
        delayMs: fc.integer({ min: 0, max: 30_000 }),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (drawn) => {
        const account = new Account();
        const provider = new Ledger([{ ...LIMIT }], 0);
        const answers: { readonly since: number; readonly remaining: number; readonly at: number }[] = [];
        let [now, used] = [0, 0];
        const hearUntil = (moment: number): void => {
          for (const answer of answers.splice(0).sort((a, b) => a.at - b.at)) {
            if (answer.at > moment) answers.push(answer);
            else account.hear(answer.since, answer.remaining, answer.at);
          }
        };
        for (const { afterMs, action, units, delayMs } of drawn) {
          now += afterMs;
          hearUntil(now);
          if (action === 'take' && account.ledger.readyAt([units], now) <= now) {
            account.take(units, now);
            provider.settle(0, 0, units, now);
          } else if (action === 'others') {
            provider.settle(0, 0, units, now);
            used += units;
          } else {
            const remaining = Math.max(0, provider.available(0, now));
            answers.push({ since: now - delayMs / 10, remaining, at: now + delayMs });
          }
          expect(account.charged).toBeLessThanOrEqual(used + 1e-6);
        }
        hearUntil(Infinity);
        expect(account.charged).toBeLessThanOrEqual(used + 1e-6);
      }),
    );
  });
});

it('goes on where it was once another run takes over, for calls that take longer than a run', () => {
  const limits = [LIMIT];
  const whole = new Desk(limits);
  const handedOn = new Desk(limits);
  for (const desk of [whole, handedOn]) {
    for (let second = 1; second <= 100; second += 1) {
      desk.now += 1_000;
      if (desk === handedOn && second % 20 === 0) desk.handOn();
      const seen = [[0, desk.now - 45_000, 40, 100]] as const;
      desk.says('a', { feedback: { ok: second, throttled: 0, failed: 0, seen } });
      desk.turn();
    }
  }
  expect(whole.available('calls')).toBe(40);
  expect(handedOn.available('calls')).toBe(40);
});
