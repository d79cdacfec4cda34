import { SlidingLog } from '../../demo/strict-provider-log';

/** What a provider allows: calls and tokens in a window, and requests that are open at once. */
export interface Allowance {
  readonly calls: number;
  readonly tokens: number;
  readonly connections: number;
}

/** What a provider has seen since it last began anew. */
export interface Account {
  /** Answers given. */
  readonly answers: number;
  /** Units, of whatever kind, by which arrivals went over what is allowed. Each was refused. */
  readonly unitsOver: number;
  /** Answers beyond the first to an item: its earlier attempt was answered, and ended before it could report that. */
  readonly repeats: number;
  /** Answers beyond the first to one attempt of an item: nothing but a mistake makes such. */
  readonly doubles: number;
  /** The longest time without an answer. */
  readonly longestSilenceMs: number;
}

/** A call that has arrived. */
export interface Call {
  readonly item: string;
  /** Of the item, as Temporal counts. */
  readonly attempt: number;
  readonly tokens: number;
}

/** A provider's strict books: what counts is the moment of arrival, and a refused call leaves no trace in its windows. */
export class StrictAccount {
  readonly #logs: Readonly<Record<'calls' | 'tokens', SlidingLog>>;
  #open = 0;
  #answers = 0;
  #unitsOver = 0;
  #longestSilenceMs = 0;
  #answeredAt: number | undefined;
  /** Answers by item, and by attempt of one. */
  #byItem = new Map<string, number>();
  #byAttempt = new Map<string, number>();

  constructor(
    public allowance: Allowance,
    windowMs: number,
  ) {
    this.#logs = { calls: new SlidingLog(Infinity, windowMs), tokens: new SlidingLog(Infinity, windowMs) };
  }

  /** Counts from here on. What is in the windows stays there. */
  begin(now: number): void {
    [this.#answers, this.#unitsOver, this.#longestSilenceMs, this.#answeredAt] = [0, 0, 0, now];
    this.#byItem = new Map();
    this.#byAttempt = new Map();
  }

  /** Whether the call may go on; it is open then. */
  arrives(now: number, { tokens }: Call): boolean {
    const { allowance } = this;
    const { calls: callLog, tokens: tokenLog } = this.#logs;
    const over = [
      callLog.used(now) + 1 - allowance.calls,
      tokenLog.used(now) + tokens - allowance.tokens,
      this.#open + 1 - allowance.connections,
    ].reduce((sum, excess) => sum + Math.max(0, excess), 0);
    this.#unitsOver += over;
    if (over > 0) return false;
    callLog.add(now, 1);
    tokenLog.add(now, tokens);
    this.#open += 1;
    return true;
  }

  /** To be called once for each call that went on, answered or given up by its caller. */
  leaves(now: number, { item, attempt }: Call, isAnswered: boolean): void {
    this.#open -= 1;
    if (!isAnswered) return;
    this.#answers += 1;
    this.#longestSilenceMs = this.#silenceMs(now);
    this.#answeredAt = now;
    increment(this.#byItem, item);
    increment(this.#byAttempt, `${item}:${attempt}`);
  }

  report(): Account {
    const doubles = beyondFirst(this.#byAttempt);
    return {
      answers: this.#answers,
      unitsOver: this.#unitsOver,
      repeats: beyondFirst(this.#byItem) - doubles,
      doubles,
      longestSilenceMs: this.#longestSilenceMs,
    };
  }

  #silenceMs(now: number): number {
    return Math.max(this.#longestSilenceMs, now - (this.#answeredAt ?? now));
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function beyondFirst(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
}
