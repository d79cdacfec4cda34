import type { VirtualClock } from './virtual-clock';

/** What a network does to messages. Rates are shares of the messages of either way. */
export interface NetworkOptions {
  /** Share of messages that get lost. @default 0 */
  readonly lossRate?: number;
  /** Share of messages that arrive twice. @default 0 */
  readonly duplicateRate?: number;
  /** Slowest message. Unit: milliseconds. @default 120 */
  readonly slowestMs?: number;
}

const FASTEST_MS = 2;
/** A repetition comes so much later than a message of its own would. */
const STRAY = 3;

/** The way between processes and limiter: slow to a varying degree, so messages overtake each other; lossy; repeating. */
export class Network {
  lossRate: number;
  duplicateRate: number;
  slowestMs: number;
  /** Whether the server is unreachable: nothing gets in, nothing gets out. */
  isDown = false;

  constructor(
    readonly world: VirtualClock,
    readonly random: () => number,
    { lossRate = 0, duplicateRate = 0, slowestMs = 120 }: NetworkOptions,
  ) {
    this.lossRate = lossRate;
    this.duplicateRate = duplicateRate;
    this.slowestMs = slowestMs;
  }

  /** The time that a message takes. Says whether it has arrived. */
  async carry(): Promise<boolean> {
    const isLost = this.isDown || this.random() < this.lossRate;
    await this.world.sleep(this.delayMs());
    return !isLost && !this.isDown;
  }

  /** Lets something happen once more, much later, now and then. */
  perhapsAgain(action: () => void): void {
    if (this.random() < this.duplicateRate) this.world.after(this.delayMs() * STRAY, action);
  }

  delayMs(): number {
    return FASTEST_MS + this.random() * (this.slowestMs - FASTEST_MS);
  }
}

/** What the network makes of a value. */
export function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
