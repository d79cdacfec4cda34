/** Collects what is said in one turn of the event loop, to say it at once: each message to another process has its price. */
export class Bundle<Said> {
  readonly #said: Said[] = [];

  constructor(private readonly send: (said: readonly Said[]) => void) {}

  say(what: Said): void {
    if (this.#said.push(what) === 1) setImmediate(() => this.send(this.#said.splice(0)));
  }
}
