import type { Lease } from '../limiter/lease';
import type { Clock } from '../acquire/clock';

/** Tells a lease of the turns that its process gets, from each time it takes something until that counts as started. */
export function giveTurns(lease: Lease, clock: Clock): void {
  let isAwaited = false;
  const awaitTurn = (): void => {
    if (isAwaited) return;
    isAwaited = true;
    clock.turn(() => {
      isAwaited = false;
      lease.turn(clock.now());
      if (lease.isStarting) awaitTurn();
    });
  };
  lease.onTake = awaitTurn;
}
