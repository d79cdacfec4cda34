import type { Timer } from '../../src/acquire/ports';
import type { Ledger } from '../../src/limiter/ledger/ledger';
import { StartingLedger } from '../../src/limiter/ledger/starting-ledger';
import type { Vector } from '../../src/limiter/vector/vector';

/** A ledger of which what is taken counts as started at once. */
export function startedAtOnce(ledger: Ledger, clock: Timer): StartingLedger {
  const starting = new StartingLedger(ledger, () => 0);
  starting.onTake = () => {
    starting.turn(clock.now());
    starting.turn(clock.now());
  };
  return starting;
}

/** Takes amounts that count as started at once. */
export function take(ledger: Ledger, amounts: Vector, now: number): void {
  startedAtOnce(ledger, { now: () => now, after: () => () => undefined }).take(amounts, now);
}
