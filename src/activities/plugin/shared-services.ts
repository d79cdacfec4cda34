/** What runs beside a user's worker. */
export interface SharedService {
  /** Resolves when it has ended, for whatever reason; rejects if it failed. */
  readonly ended: Promise<void>;
  /** Ends it, and says how it went. */
  stop(): Promise<void>;
}

interface Entry<Need, Kind extends SharedService> {
  readonly need: Need;
  readonly service: Promise<Kind>;
  users: number;
}

/** Services that begin with the first that needs one, and end with the last of those that need the same. */
export class SharedServices<Need, Kind extends SharedService> {
  readonly #entries = new Set<Entry<Need, Kind>>();

  constructor(
    readonly start: (need: Need) => Promise<Kind>,
    readonly isSame: (a: Need, b: Need) => boolean,
  ) {}

  /** The service for this need, of which `stop` is this user's own. */
  async share(need: Need): Promise<Kind> {
    const entry = [...this.#entries].find((known) => this.isSame(known.need, need)) ?? this.#begin(need);
    entry.users += 1;
    const service = await entry.service;
    const stop = async (): Promise<void> => {
      entry.users -= 1;
      if (entry.users > 0) return;
      this.#entries.delete(entry);
      await service.stop();
    };
    return { ...service, stop };
  }

  #begin(need: Need): Entry<Need, Kind> {
    const entry = { need, service: this.start(need), users: 0 };
    this.#entries.add(entry);
    // what has ended, or never came about, must not be what the next one gets
    const forget = (): boolean => this.#entries.delete(entry);
    entry.service.then(({ ended }) => ended).then(forget, forget);
    return entry;
  }
}
