import { type PacedWindow } from './batch-protocol';

/** A window of a set, and, where it is used up in a burst, how many items were through within the last. */
export class ItemWindow {
  /** When some were, and how many; the oldest first. */
  readonly #moments: { readonly at: number; items: number }[] = [];
  #items = 0;

  constructor(private readonly window: PacedWindow) {}

  /** An item is through. */
  add(now: number): void {
    if (!this.window.isBurst) return;
    const last = this.#moments.at(-1);
    if (last?.at === now) last.items += 1;
    else this.#moments.push({ at: now, items: 1 });
    this.#items += 1;
    this.#forget(now);
  }

  /**
   * How long it takes until so many items have been started: whole windows, after the present one. Where that has room for
   * all of them it is a moment, the longer the fuller the window gets. Unit: seconds.
   */
  secondsFor(items: number, now: number): number {
    this.#forget(now);
    const { items: most, seconds } = this.window;
    const windows = Math.ceil((Math.min(this.#items, most) + items) / most) - 1;
    return windows > 0 ? windows * seconds : items / most;
  }

  #forget(now: number): void {
    const from = now - this.window.seconds * 1_000;
    for (let [first] = this.#moments; first !== undefined && first.at <= from; [first] = this.#moments) {
      this.#items -= first.items;
      this.#moments.shift();
    }
  }
}
