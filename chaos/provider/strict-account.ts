import { Conduct, limitHeaders } from '../../demo/strict-provider-conduct';
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
  /** Calls that were within what is allowed, and were refused: because of its conduct, or of what others did. */
  readonly refused: number;
  /** From the first call that its conduct has refused until now; nothing where there was none. */
  readonly refusingForMs?: number;
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

/** How a call is refused. */
interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const TOO_MANY: Refused = { status: 429, headers: {} };

/** A provider's strict books: what counts is the moment of arrival, and a refused call leaves no trace in its windows. */
export class StrictAccount {
  readonly conduct = new Conduct();
  readonly #logs: Readonly<Record<'calls' | 'tokens' | 'others', SlidingLog>>;
  #open = 0;
  #answers = 0;
  #unitsOver = 0;
  #refused = 0;
  #longestSilenceMs = 0;
  #answeredAt: number | undefined;
  /** Answers by item, and by attempt of one. */
  #byItem = new Map<string, number>();
  #byAttempt = new Map<string, number>();

  constructor(
    public allowance: Allowance,
    windowMs: number,
  ) {
    const log = (): SlidingLog => new SlidingLog(Infinity, windowMs);
    this.#logs = { calls: log(), tokens: log(), others: log() };
  }

  /** Counts from here on. What is in the windows stays there. */
  begin(now: number): void {
    [this.#answers, this.#unitsOver, this.#refused, this.#longestSilenceMs, this.#answeredAt] = [0, 0, 0, 0, now];
    this.#byItem = new Map();
    this.#byAttempt = new Map();
  }

  /** Whether the call may continue; it is open then. Otherwise how it is refused. */
  arrives(now: number, { tokens }: Call): true | Refused {
    const { allowance, conduct } = this;
    const { calls: callLog, tokens: tokenLog, others } = this.#logs;
    const wanted = [callLog.used(now) + 1, tokenLog.used(now) + tokens, this.#open + 1] as const;
    const allowed = [allowance.calls, allowance.tokens, allowance.connections] as const;
    const over = wanted.reduce((sum, want, i) => sum + Math.max(0, want - (allowed[i] ?? 0)), 0);
    this.#unitsOver += over;
    others.add(now, conduct.othersSince(now));
    const isRoom = wanted.every((want, i) => {
      const taken = i === 0 ? want + others.used(now) : want;
      return taken <= Math.floor((allowed[i] ?? 0) * conduct.share);
    });
    const refusal = conduct.refusalAt(now) ?? (isRoom ? undefined : TOO_MANY);
    if (refusal !== undefined) {
      if (over === 0) this.#refused += 1;
      return refusal;
    }
    callLog.add(now, 1);
    tokenLog.add(now, tokens);
    this.#open += 1;
    return true;
  }

  /** What it says of its limits with each answer. */
  headers(now: number): Readonly<Record<string, string>> {
    const { allowance, conduct } = this;
    const { calls, tokens, others } = this.#logs;
    const allowed = (quota: number): number => Math.floor(quota * conduct.share);
    return {
      ...limitHeaders('requests', allowed(allowance.calls), calls.used(now) + others.used(now)),
      ...limitHeaders('tokens', allowed(allowance.tokens), tokens.used(now)),
    };
  }

  /** To be called once for each call that continued, answered or given up by its caller. */
  leaves(now: number, { item, attempt }: Call, isAnswered: boolean): void {
    this.#open -= 1;
    if (!isAnswered) return;
    this.#answers += 1;
    this.#longestSilenceMs = this.#silenceMs(now);
    this.#answeredAt = now;
    increment(this.#byItem, item);
    increment(this.#byAttempt, `${item}:${attempt}`);
  }

  report(now: number): Account {
    const { refusingSince } = this.conduct;
    const doubles = beyondFirst(this.#byAttempt);
    return {
      answers: this.#answers,
      unitsOver: this.#unitsOver,
      refused: this.#refused,
      ...(refusingSince !== undefined && { refusingForMs: now - refusingSince }),
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
