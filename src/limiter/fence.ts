/** Holders told apart under one fencing token of the limiter; exact as a number until the year 2100. */
const HOLDERS_PER_FENCE = 2048;

/** The fencing tokens of one lease: the limiter's, which grows with each change of hands, and a count of holders within it. */
export class Fence {
  /** The limiter's token; 0 before the first. */
  token = 0;
  #holders = 0;

  /** The limiter has sent its token. */
  move(token: number): void {
    if (token > this.token) this.#holders = 0;
    this.token = token;
  }

  /** The token of the next holder. */
  next(): number {
    this.#holders = Math.min(this.#holders + 1, HOLDERS_PER_FENCE - 1);
    return this.token * HOLDERS_PER_FENCE + this.#holders;
  }
}
