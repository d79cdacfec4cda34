import type { VirtualClock } from '../world/virtual-clock';

/** What a provider answers: when it refuses all that comes, and how. */
export class Refusals {
  /** Whether answers are observed at all. */
  isObserved = false;
  /** What it answers otherwise. */
  usual: () => object = () => SERVED;
  #until = -Infinity;
  #answer: () => object = () => SERVED;

  constructor(private readonly world: VirtualClock) {}

  /** Refuses all that comes for so long. */
  begin(forMs: number, answer: (leftMs: number) => object): void {
    this.#until = this.world.now() + forMs;
    this.#answer = () => answer(this.#until - this.world.now());
  }

  /** The answer to what arrives now; nothing where answers are not observed. */
  answer(): object | undefined {
    if (!this.isObserved) return undefined;
    return this.world.now() < this.#until ? this.#answer() : this.usual();
  }
}

const SERVED = { status: 200 };
