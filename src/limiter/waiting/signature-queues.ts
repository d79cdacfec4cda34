import { WaitQueue, type Waiting } from './wait-queue';
import { at, type Vector } from '../vector/vector';

/** What is needed to queue a request by what it asks for. */
export interface SignedWaiting extends Waiting {
  /** Which limits its requests ask for, a bit each. */
  readonly signature: number;
  /** Number of its arrival: of equal priorities, the lower one goes first. */
  readonly arrival: number;
}

/** The requests of one signature that wait. */
export interface SignatureQueue<T> {
  readonly signature: number;
  /** The first of them. */
  readonly head: T;
  readonly size: number;
  /** All of them, in the order in which they will be served. */
  readonly waiting: Iterable<T>;
}

/** What a head of those that wait lacks, and nothing is known to bring. */
export interface Shortage {
  /** The limits that it asks for; see {@link signatureOf}. */
  readonly signature: number;
  /** Those of which it lacks something. */
  readonly lacking: number;
}

interface Line<T extends SignedWaiting> extends SignatureQueue<T> {
  head: T;
  readonly waiting: WaitQueue<T>;
}

/** Empty queues kept for those who come again. More signatures than this are rare, and their queues are made anew. */
const MAX_IDLE_LINES = 64;

/** The set of limits that a request asks for, a bit each: a set has at most as many limits as a number has bits. */
export function signatureOf(amounts: Vector): number {
  let signature = 0;
  for (let i = 0; i < amounts.length; i += 1) if (at(amounts, i) > 0) signature |= 1 << i;
  return signature;
}

/**
 * All that wait, a queue for each signature, so that a request is held up only by those who ask for one of its limits.
 * Arrival and departure are O(signatures), besides what a {@link WaitQueue} takes.
 */
export class SignatureQueues<T extends SignedWaiting> {
  readonly #lines = new Map<number, Line<T>>();
  /** The queues in which a request waits, in the order of their heads. */
  readonly #heads: Line<T>[] = [];
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /**
   * The queues in which a request waits, in the order of their heads. It stays the same array: when the head of one
   * leaves, those further on move up, and those before stay where they are.
   */
  get heads(): readonly SignatureQueue<T>[] {
    return this.#heads;
  }

  /** The first request for these limits, if one waits. */
  headOf(signature: number): T | undefined {
    const line = this.#lines.get(signature);
    return line === undefined || line.size === 0 ? undefined : line.head;
  }

  /** Lets a request wait. Says whether it is a head now. */
  push(entry: T): boolean {
    const line = this.#lines.get(entry.signature) ?? this.#open(entry);
    const isFirst = line.size === 0;
    line.waiting.push(entry);
    this.#size += 1;
    if (isFirst || line.waiting.peek() !== line.head) this.#place(line);
    return line.head === entry;
  }

  /** Takes a request out, wherever it stands. Says whether it was there. */
  remove(entry: T): boolean {
    const line = this.#lines.get(entry.signature);
    if (line?.waiting.remove(entry) !== true) return false;
    this.#size -= 1;
    if (line.head === entry) this.#place(line);
    return true;
  }

  /** All that wait, by priority and then arrival. */
  *[Symbol.iterator](): IterableIterator<T> {
    const rest = this.#heads.map(({ waiting }) => waiting[Symbol.iterator]());
    const next = rest.map((entries) => entries.next().value as T | undefined);
    for (;;) {
      let first: T | undefined;
      for (const entry of next) {
        if (entry !== undefined && (first === undefined || goesBefore(entry, first))) first = entry;
      }
      if (first === undefined) return;
      const at = next.indexOf(first);
      next[at] = rest[at]?.next().value as T | undefined;
      yield first;
    }
  }

  #open(entry: T): Line<T> {
    const waiting = new WaitQueue<T>();
    const line: Line<T> = {
      signature: entry.signature,
      head: entry,
      waiting,
      get size() {
        return waiting.size;
      },
    };
    this.#lines.set(entry.signature, line);
    return line;
  }

  /** Moves a queue to where its head belongs. */
  #place(line: Line<T>): void {
    const heads = this.#heads;
    const head = line.waiting.peek();
    let at = heads.indexOf(line);
    if (head === undefined) {
      heads.splice(at, 1);
      if (this.#lines.size > MAX_IDLE_LINES) this.#lines.delete(line.signature);
      return;
    }
    line.head = head;
    if (at < 0) at = heads.push(line) - 1;
    for (let other = heads[at - 1]; other !== undefined && goesBefore(head, other.head); other = heads[at - 1]) {
      heads[at] = other;
      at -= 1;
    }
    for (let other = heads[at + 1]; other !== undefined && goesBefore(other.head, head); other = heads[at + 1]) {
      heads[at] = other;
      at += 1;
    }
    heads[at] = line;
  }
}

function goesBefore(one: SignedWaiting, other: SignedWaiting): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.arrival < other.arrival);
}
