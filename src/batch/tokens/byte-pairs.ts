import { type RawBytePairRanks } from 'gpt-tokenizer/BytePairEncodingCore';

/** What one encoding is made of: how a text falls into pieces, and the rank of each byte sequence that is a token. */
export interface BytePairSource {
  readonly split: RegExp;
  readonly ranks: RawBytePairRanks;
}

/** No merge in sight, as a rank. */
const NONE = Infinity;

/**
 * Counts byte-pair tokens exactly in O(n log n) for a piece of n bytes.
 *
 * The tokenizer's own merge is quadratic in the length of a piece, so a megabyte without a space would hold up a whole
 * batch for hours. This one is for such texts; on every text both give the same number.
 */
export class BytePairCounter {
  readonly #split: RegExp;
  readonly #ranks = new Map<string, number>();
  #longest = 0;

  constructor({ split, ranks }: BytePairSource) {
    this.#split = split;
    ranks.forEach((token, rank) => {
      const key = Buffer.from(token as string).toString('latin1');
      this.#ranks.set(key, rank);
      this.#longest = Math.max(this.#longest, key.length);
    });
  }

  count(text: string): number {
    let tokens = 0;
    for (const [piece] of text.matchAll(this.#split)) {
      const bytes = Buffer.from(piece).toString('latin1');
      tokens += this.#ranks.has(bytes) ? 1 : this.#countPiece(bytes);
    }
    return tokens;
  }

  /** Merges the neighbours of lowest rank, leftmost first, until nothing merges; parts are a linked list over `bytes`. */
  #countPiece(bytes: string): number {
    const end = bytes.length;
    const next = Uint32Array.from({ length: end + 1 }, (_, i) => Math.min(i + 1, end));
    const previous = Int32Array.from({ length: end + 1 }, (_, i) => i - 1);
    const rankAt = new Float64Array(end + 1).fill(NONE);
    const heap = new MergeHeap(end);
    const propose = (start: number): void => {
      const middle = next[start] ?? end;
      const stop = next[middle] ?? end;
      const mergeable = middle < end && stop - start <= this.#longest;
      const rank = mergeable ? (this.#ranks.get(bytes.slice(start, stop)) ?? NONE) : NONE;
      rankAt[start] = rank;
      if (rank !== NONE) heap.push(rank, start);
    };
    for (let start = 0; start < end; start++) propose(start);
    let parts = end;
    for (let best = heap.pop(); best !== undefined; best = heap.pop()) {
      const { rank, start } = best;
      if (rankAt[start] !== rank) continue; // The part has merged since this was proposed.
      const absorbed = next[start] ?? end;
      const after = next[absorbed] ?? end;
      next[start] = after;
      previous[after] = start;
      rankAt[absorbed] = NONE;
      parts -= 1;
      propose(start);
      const before = previous[start] ?? -1;
      if (before >= 0) propose(before);
    }
    return parts;
  }
}

/** A binary heap of possible merges: lowest rank first, and of equal ranks the leftmost. */
class MergeHeap {
  /** Rank and start in one number, which orders them; both stay exact, since ranks are below 2^18 and starts below 2^32. */
  readonly #keys: number[] = [];
  readonly #stride: number;

  constructor(length: number) {
    this.#stride = length + 1;
  }

  push(rank: number, start: number): void {
    const keys = this.#keys;
    const key = rank * this.#stride + start;
    let i = keys.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const parentKey = keys[parent] ?? 0;
      if (parentKey <= key) break;
      keys[i] = parentKey;
      i = parent;
    }
    keys[i] = key;
  }

  pop(): { rank: number; start: number } | undefined {
    const keys = this.#keys;
    const top = keys[0];
    const last = keys.pop();
    if (top === undefined || last === undefined) return undefined;
    if (keys.length > 0) this.#sink(last);
    return { rank: Math.floor(top / this.#stride), start: top % this.#stride };
  }

  #sink(key: number): void {
    const keys = this.#keys;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= keys.length) break;
      const child = (keys[left + 1] ?? Infinity) < (keys[left] ?? Infinity) ? left + 1 : left;
      const childKey = keys[child] ?? Infinity;
      if (childKey >= key) break;
      keys[i] = childKey;
      i = child;
    }
    keys[i] = key;
  }
}
