/** How long a task queue without workers is passed over before one call looks again. */
const AWAY_MS = 30_000;

/**
 * The places where nobody took a task in time. They are passed over for a while, so that not every call waits there in
 * vain; then one call at a time finds out whether somebody is back.
 */
export class Absences {
  readonly #until = new Map<number, number>();

  /** Whether to pass the place over. */
  has(place: number, now: number): boolean {
    return now < (this.#until.get(place) ?? -Infinity);
  }

  /** A task goes there. Others should wait for how it ends, if the place was absent. */
  trying(place: number, now: number): void {
    if (this.#until.has(place)) this.missed(place, now);
  }

  /** Nobody took the task. */
  missed(place: number, now: number): void {
    this.#until.set(place, now + AWAY_MS);
  }

  /** Somebody took it. */
  met(place: number): void {
    this.#until.delete(place);
  }
}
