/** What a provider answers in place of serving. */
interface Refusal {
  readonly status: number;
  /** The error's code, as OpenAI names it: `insufficient_quota`, say. */
  readonly code?: string;
  /** It ends so long after the first call that was answered so. @default it lasts until the provider is told otherwise */
  readonly forMs?: number;
  /** Whether it says when to come back. @default false */
  readonly hint?: boolean;
}

/** How a provider treats an account, whatever it has promised. */
export interface ConductOrder {
  /** Every call is answered so. */
  readonly refusal?: Refusal;
  /** The part of its quotas that it still allows, from 0 to 1, and says nothing of it. @default 1 */
  readonly share?: number;
  /** Calls a second that others make with the same account. @default 0 */
  readonly othersPerSecond?: number;
}

/** One refused call. */
interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: { readonly message: string; readonly type: string; readonly param: null; readonly code: string };
}

/** What a provider does that its books do not say; strict providers ask it at each arrival. */
export class Conduct {
  #order: ConductOrder = {};
  /** Since when calls are refused. */
  #since: number | undefined;
  #othersUntil = 0;

  /** From here on it is so, and nothing that was before. */
  follow(order: ConductOrder, now: number): void {
    this.#order = order;
    this.#since = undefined;
    this.#othersUntil = now;
  }

  get share(): number {
    return this.#order.share ?? 1;
  }

  /** Since when every call is refused, or was; nothing before the first. */
  get refusingSince(): number | undefined {
    return this.#since;
  }

  /** How a call is refused that arrives now; nothing if that is for the books to say. */
  refusalAt(now: number): Refused | undefined {
    const { refusal } = this.#order;
    if (refusal === undefined) return undefined;
    const { status, code = `status_${status}`, forMs = Infinity, hint = false } = refusal;
    this.#since ??= now;
    const leftMs = forMs - (now - this.#since);
    if (leftMs <= 0) return undefined;
    const headers = hint && leftMs < Infinity ? retryHeaders(leftMs) : {};
    return { status, headers, error: { message: `Refused: ${code}.`, type: code, param: null, code } };
  }

  /** How many calls others have made since this was asked last. */
  othersSince(now: number): number {
    const { othersPerSecond = 0 } = this.#order;
    const calls = Math.floor(((now - this.#othersUntil) * othersPerSecond) / 1_000);
    if (calls > 0) this.#othersUntil += (calls * 1_000) / othersPerSecond;
    return calls;
  }
}

/** When to come back, as OpenAI and Azure OpenAI say it. */
export function retryHeaders(afterMs: number): Readonly<Record<string, string>> {
  const ms = Math.max(1, Math.ceil(afterMs));
  return { 'retry-after': String(Math.ceil(ms / 1_000)), 'retry-after-ms': String(ms) };
}

/** What is left of a quota, by OpenAI's names of it. */
export function limitHeaders(name: 'requests' | 'tokens', limit: number, used: number): Record<string, string> {
  if (limit === Infinity) return {};
  return {
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(Math.max(0, limit - used)),
  };
}
