/** Remembers the largest fencing token it has seen, and takes nothing from a holder with a smaller one. */
export class FencedStore {
  #largest = 0;

  /** Whether it was taken. */
  write(token: number): boolean {
    if (token < this.#largest) return false;
    this.#largest = token;
    return true;
  }
}
