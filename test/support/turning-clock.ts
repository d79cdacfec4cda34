import { FakeClock } from './fake-clock';

/** A clock driven by hand with turns of its own, as in a process: what was taken counts as started only after some. */
export class TurningClock extends FakeClock {
  override turn(action: () => void): void {
    setImmediate(action);
  }
}
