import { FakeClock } from './fake-clock';

/** A clock driven by hand whose process has its turns by hand, too. */
export class TurnClock extends FakeClock {
  #ready: (() => void)[] = [];

  override turn(action: () => void): void {
    this.#ready.push(action);
  }

  /** Runs what waits for this turn; what asks for one meanwhile waits for the next. */
  giveTurn(): void {
    for (const action of this.#ready.splice(0)) action();
  }
}
