import { spread } from './fleet/random';

/** A time during which there is work. */
interface Spell {
  readonly from: number;
  readonly to: number;
}

const SHORTEST_MS = 2_000;
const LONGEST_MS = 40_000;

/** When there is work: spells of it, and idle time in between. */
export class Spells {
  readonly #spells: readonly Spell[];
  /** Length of all spells together. Unit: milliseconds. */
  readonly busyMs: number;

  constructor(ms: number, idleMs: number, random: () => number) {
    const spells: Spell[] = [];
    let at = 0;
    while (at < ms) {
      const to = Math.min(ms, at + spread(random, SHORTEST_MS, LONGEST_MS));
      spells.push({ from: at, to });
      at = to + idleMs * 2 * random();
    }
    this.#spells = spells;
    this.busyMs = spells.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** When there is work next, from a moment on: at once, or at the beginning of a spell; `undefined` if never. */
  nextBusy(at: number): number | undefined {
    // the last spell that has begun, or the first
    let [low, high] = [0, this.#spells.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#spells[middle]!.to <= at) low = middle + 1;
      else high = middle;
    }
    const spell = this.#spells[low];
    return spell && Math.max(at, spell.from);
  }

  /** Moments at random within the spells, so far apart on average in time of work. */
  *moments(random: () => number, everyMs: number): Generator<number> {
    let ahead = -Math.log(1 - random()) * everyMs;
    for (const { from, to } of this.#spells) {
      let at = from + ahead;
      while (at < to) {
        yield at;
        at -= Math.log(1 - random()) * everyMs;
      }
      ahead = at - to;
    }
  }
}
