import type { Timer } from '../ports';

/** What those who pass in one turn of the process may do in it. Unit: milliseconds. */
const TURN_MS = 1;

/**
 * How many who waited may pass in one turn of the process. All that pass in it begin before one of them has sent a byte:
 * of sixty HTTP requests, the last would be written a tenth of a second after it was let through, and the answer to the
 * first be read no sooner.
 *
 * It is as many as take about a millisecond, judging by the last turn: one at first, and at most twice as many as before.
 * Where there are no turns, as in a workflow run, it is any number.
 */
export class Turns {
  #size = 1;
  #passed = 0;
  #isOver = false;

  constructor(
    private readonly clock: Timer,
    private readonly begin: () => void,
  ) {}

  /** Whether no more may pass before the next turn. */
  isOver(): boolean {
    return this.#isOver;
  }

  /** From now on is counted who passes in this turn. */
  nonePassed(): void {
    this.#passed = 0;
  }

  /** One has passed, and others wait. */
  passed(): void {
    const { clock } = this;
    if (clock.turn === undefined) return;
    this.#passed += 1;
    if (this.#passed < this.#size) return;
    this.#isOver = true;
    const from = clock.now();
    clock.turn(() => {
      const share = TURN_MS / Math.max(0, clock.now() - from);
      this.#size = Math.max(1, Math.floor(this.#size * Math.min(2, share)));
      this.#isOver = false;
      this.begin();
    });
  }
}
