import { GROUP_SECONDS, type IndexedItem, type RoutedSet } from './batch-protocol';

/** The least number of groups of a set: as one ends, the next items come while the others run. */
const LEAST_GROUPS = 4;

/** An item that waits for its group. */
interface Waiting<Outcome> {
  readonly item: IndexedItem;
  readonly tell: (outcome: Outcome) => void;
}

/** Does the items of a group at their set, and returns the outcome of each, in their order. Must not reject. */
export type DoGroup<Outcome> = (
  items: readonly IndexedItem[],
  set: RoutedSet,
  isProbe: boolean,
) => Promise<readonly Outcome[]>;

/**
 * Has items done in groups, each of which costs as much history as one item would.
 *
 * While much is left a group is as large as its set does in a moment. Towards the end groups shrink until each item is one,
 * so that no set has a large one left when the others are through: the guided self-scheduling of C. D. Polychronopoulos and
 * D. J. Kuck, 1987.
 */
export class ItemGroups<Outcome> {
  readonly #waiting = new Map<RoutedSet, Waiting<Outcome>[]>();

  constructor(
    private readonly doGroup: DoGroup<Outcome>,
    /** Items that are not through. */
    private readonly left: () => number,
    /** How many sets there are. */
    private readonly sets: number,
  ) {}

  /** Whether there are items that wait for {@link send}. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves with the outcome of the item. It is sent with others of its set. */
  do(item: IndexedItem, set: RoutedSet): Promise<Outcome> {
    return new Promise((tell) => {
      const waiting = { item, tell };
      if (item.lost !== undefined || item.retry !== undefined) this.#send([waiting], set, false);
      else this.#waitingFor(set).push(waiting);
    });
  }

  /** The same at once, and alone. */
  probe(item: IndexedItem, set: RoutedSet): Promise<Outcome> {
    return new Promise((tell) => this.#send([{ item, tell }], set, true));
  }

  /** Sends what waits, in groups of like size. */
  send(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [set, items] of waiting) {
      const groups = Math.ceil(items.length / this.#sizeFor(set));
      for (let i = groups; i > 0; i -= 1) this.#send(items.splice(0, Math.ceil(items.length / i)), set, false);
    }
  }

  /** Ends the wait of those of these items that have not been sent, with this outcome. Says which are left. */
  giveBack(ids: readonly string[], outcome: Outcome): readonly string[] {
    const left = new Set(ids);
    for (const [set, items] of this.#waiting) {
      // a batch that was begun before there were windows goes on as it began
      if (set.windows === undefined) continue;
      const stay = items.filter(({ item }) => !left.has(item.id));
      if (stay.length > 0) this.#waiting.set(set, stay);
      else this.#waiting.delete(set);
      for (const { item, tell } of items) if (left.delete(item.id)) tell(outcome);
    }
    return [...left];
  }

  #waitingFor(set: RoutedSet): Waiting<Outcome>[] {
    const known = this.#waiting.get(set);
    if (known !== undefined) return known;
    const waiting: Waiting<Outcome>[] = [];
    this.#waiting.set(set, waiting);
    return waiting;
  }

  #sizeFor({ speed, bound }: RoutedSet): number {
    // half of what is left, for each group that may be under way
    const guided = Math.ceil(this.left() / 2 / (LEAST_GROUPS * this.sets));
    return Math.max(1, Math.min(guided, Math.floor(bound / LEAST_GROUPS), Math.round(speed * GROUP_SECONDS)));
  }

  #send(waiting: readonly Waiting<Outcome>[], set: RoutedSet, isProbe: boolean): void {
    const items = waiting.map(({ item }) => item);
    void this.doGroup(items, set, isProbe).then((outcomes) => {
      outcomes.forEach((outcome, i) => waiting[i]?.tell(outcome));
    });
  }
}
