import type { Clock } from '../../acquire/ports';

/** What counts as started once its process has had turns to send it. */
interface StartedByTurns {
  /** Called whenever something has been taken. */
  onTake: (() => void) | undefined;
  /** Whether something was taken that does not count as started yet. */
  readonly isStarting: boolean;
  /** The process has had a turn. */
  turn(now: number): void;
}

/**
 * Tells of each turn of the event loop, from when something is taken until it counts as started.
 *
 * @param afterTurn Called after each of them.
 */
export function giveTurns(taking: StartedByTurns, clock: Clock, afterTurn?: () => void): void {
  let isAwaited = false;
  const awaitTurn = (): void => {
    if (isAwaited) return;
    isAwaited = true;
    clock.turn(() => {
      isAwaited = false;
      taking.turn(clock.now());
      if (taking.isStarting) awaitTurn();
      afterTurn?.();
    });
  };
  taking.onTake = awaitTurn;
}
