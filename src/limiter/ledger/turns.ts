/** What is taken in one turn of a process. */
interface TakenInTurn {
  readonly isUsed: boolean;
}

/**
 * What a process has taken and may not have sent yet, by the turns of its event loop.
 *
 * A busy process may take a while from being let through to writing to its provider. What it takes therefore counts as
 * sent only after it has had a whole turn to do so, and the rest of the one in which it was taken.
 */
export class Turns<Taken extends TakenInTurn> {
  #young: Taken;
  #old: Taken;

  /** @param make A turn in which nothing has been taken yet. */
  constructor(readonly make: () => Taken) {
    this.#young = make();
    this.#old = make();
  }

  /** To which belongs what is taken now. */
  get present(): Taken {
    return this.#young;
  }

  /** What does not count as sent yet, in the order in which it will. */
  get pending(): readonly Taken[] {
    return [this.#old, this.#young];
  }

  /** Whether anything does not. */
  get isPending(): boolean {
    return this.#young.isUsed || this.#old.isUsed;
  }

  /** The process has had a turn. Returns what counts as sent by now, if anything was taken then. */
  pass(): Taken | undefined {
    const old = this.#old;
    this.#old = this.#young;
    this.#young = old.isUsed ? this.make() : old;
    return old.isUsed ? old : undefined;
  }
}
