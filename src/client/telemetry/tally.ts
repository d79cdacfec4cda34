import type { LimitDefinition } from '../../limiter/definition/definition';
import { at } from '../../limiter/vector/vector';
import { nextNumber, type Held, type LimitEvent } from '../events/limit-events';
import { INSTRUMENTS, type Attributes, type Sum } from './instruments';

/** One series of a metric, as it stands. */
export interface Series {
  readonly attributes: Attributes;
  value: number;
}

const SUMS = Object.values(INSTRUMENTS).filter((instrument) => instrument.kind !== 'histogram');

/**
 * Adds up what happens to limits, so that an exporter reads numbers at the moment of a collection. An acquisition
 * costs a few additions: an instrument of a metrics library looks up its attributes each time.
 */
export class Tally {
  readonly #sets = new Map<string, SetTally>();
  /** The series of each metric that is added up, by their attributes. */
  readonly sums: ReadonlyMap<Sum, Map<string, Series>> = new Map(SUMS.map((instrument) => [instrument, new Map()]));
  /** What has begun before is not ended here. */
  readonly #since = nextNumber();

  /** @param onWait Called with each wait that has ended. Unit: seconds. */
  constructor(readonly onWait: (seconds: number, attributes: Attributes) => void) {}

  /** Takes over what has happened. */
  readonly hear = (event: LimitEvent): void => {
    switch (event.type) {
      case 'acquired':
        this.#acquired(event.held);
        break;
      case 'released':
        if (event.held.number > this.#since) this.#released(event.held, event.used);
        break;
      case 'refused':
        this.#request(event.set, 'refused');
        break;
      case 'queued':
        this.#add(INSTRUMENTS.queued, { 'limits.set': event.waiting.set }, 1);
        break;
      case 'dequeued':
        this.#dequeued(event);
        break;
      case 'answered':
        this.#add(INSTRUMENTS.responses, {
          'limits.set': event.set,
          'limits.outcome': event.outcome,
          ...(event.cause !== undefined && { 'limits.cause': event.cause }),
        });
        break;
      case 'suspended': {
        const { set, kind, cause } = event;
        const attributes = { 'limits.set': set, 'limits.pause': kind.toLowerCase(), 'limits.cause': cause };
        this.#add(INSTRUMENTS.pauses, attributes);
        break;
      }
      case 'lease lost':
        this.#add(INSTRUMENTS.leasesLost, { 'limits.set': event.set });
    }
  };

  #acquired({ set, definitions, amounts, unlimited }: Held): void {
    if (unlimited) {
      this.#request(set, 'unlimited');
      return;
    }
    const tally = this.#set(set);
    tally.acquired.value += 1;
    const columns = tally.columns(definitions);
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i];
      if (column?.isPermit === true) column.series.value += at(amounts, i);
    }
  }

  #released({ set, definitions, amounts, unlimited }: Held, used: readonly number[]): void {
    if (unlimited) return;
    const columns = this.#set(set).columns(definitions);
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i];
      if (column !== undefined) column.series.value += column.isPermit ? -at(amounts, i) : at(used, i);
    }
  }

  #dequeued({ waiting: { set, number }, outcome, waitedMs }: LimitEvent & { type: 'dequeued' }): void {
    if (number > this.#since) this.#add(INSTRUMENTS.queued, { 'limits.set': set }, -1);
    // served ones are counted as they are acquired
    if (outcome !== 'acquired') this.#request(set, outcome);
    if (outcome !== 'queue_full') this.onWait(waitedMs / 1_000, { 'limits.set': set, 'limits.outcome': outcome });
  }

  #request(set: string, outcome: string): void {
    this.#add(INSTRUMENTS.requests, { 'limits.set': set, 'limits.outcome': outcome });
  }

  #add(instrument: Sum, attributes: Attributes, amount = 1): void {
    this.#of(instrument, attributes).value += amount;
  }

  #set(name: string): SetTally {
    let tally = this.#sets.get(name);
    if (tally === undefined) {
      tally = new SetTally(name, (instrument, attributes) => this.#of(instrument, attributes));
      this.#sets.set(name, tally);
    }
    return tally;
  }

  #of(instrument: Sum, attributes: Attributes): Series {
    const known = this.sums.get(instrument) ?? new Map<string, Series>();
    const id = JSON.stringify(attributes);
    let series = known.get(id);
    if (series === undefined) {
      series = { attributes, value: 0 };
      known.set(id, series);
    }
    return series;
  }
}

/** Where one limit of a set is counted. */
interface Column {
  readonly series: Series;
  readonly isPermit: boolean;
}

/** The series of one set that each acquisition counts in, ready to hand. */
class SetTally {
  readonly acquired: Series;
  readonly #columns = new WeakMap<readonly LimitDefinition[], readonly Column[]>();
  #newest: { readonly definitions: readonly LimitDefinition[]; readonly columns: readonly Column[] } | undefined;

  constructor(
    readonly set: string,
    readonly series: (instrument: Sum, attributes: Attributes) => Series,
  ) {
    this.acquired = series(INSTRUMENTS.requests, { 'limits.set': set, 'limits.outcome': 'acquired' });
  }

  columns(definitions: readonly LimitDefinition[]): readonly Column[] {
    if (this.#newest?.definitions === definitions) return this.#newest.columns;
    const columns = this.#columns.get(definitions) ?? definitions.map((definition) => this.#column(definition));
    this.#columns.set(definitions, columns);
    this.#newest = { definitions, columns };
    return columns;
  }

  #column({ key, kind, capacity }: LimitDefinition): Column {
    const attributes = { 'limits.set': this.set, 'limits.key': key };
    this.series(INSTRUMENTS.capacity, attributes).value = capacity;
    const isPermit = kind === 'resource';
    return { isPermit, series: this.series(isPermit ? INSTRUMENTS.permits : INSTRUMENTS.units, attributes) };
  }
}
