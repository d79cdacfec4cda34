import { CALL_COUNT } from '../../src/limiter/definition/limits';
import type { Replayer } from './replayer';
import type { AmountMap, Outcome, Step, Trace, TraceLimit } from './trace';

/** A step that our rules decide, whatever the recorded system did. */
export interface Ruling {
  readonly outcome: Outcome;
  /** What has the same effect on the limits, without anything odd in it. */
  readonly instead: readonly Step[];
}

/**
 * The rules of an acquisition where the recorded system is odd, written down anew: which outcome a step has, and which
 * plain steps it amounts to. It knows nothing of capacity: the plain steps are replayed beside the odd ones, and
 * from then on both must tell the same.
 */
export class OwnRules {
  readonly #limits: Map<string, TraceLimit>;
  readonly #told = new Map<string, Set<string>>();
  readonly #released = new Set<string>();
  /** Handles that were released without their usage: the recorded system takes them for held. */
  readonly #freed = new Set<string>();

  constructor(trace: Trace) {
    this.#limits = new Map((trace.limits ?? []).map((limit) => [limit.key ?? CALL_COUNT, limit]));
  }

  /** @param replayed Where the odd steps are replayed, to know what its handles cover */
  rule(step: Step, replayed: Replayer): Ruling | undefined {
    switch (step.op) {
      case 'tryAcquire':
        return refused(this.#badRequest(step.request ?? {}));
      case 'acquire':
        return this.#atDeadline(step);
      case 'update':
        return this.#update(step, replayed);
      case 'release':
        return this.#release(step, replayed);
      case 'stats':
        return undefined;
    }
  }

  #badRequest(request: AmountMap): string | undefined {
    const entries = Object.entries(request);
    if (entries.some(([key]) => !this.#limits.has(key))) return 'UNKNOWN_KEY';
    for (const [key, limit] of this.#limits) {
      const amount = request[key] ?? 0;
      if (amount < 0) return 'NEGATIVE_AMOUNT';
      if (limit.kind !== 'rate' && !Number.isInteger(amount)) return 'NOT_AN_INTEGER';
      if (amount > limit.capacity) return 'REQUEST_EXCEEDS_CAPACITY';
    }
    return undefined;
  }

  /** A wait ends at its deadline, also where polling would have looked once more at or after it. */
  #atDeadline({ t, timeoutTicks, expect: { at = 0 } }: Step): Ruling | undefined {
    const deadline = t + (timeoutTicks ?? Infinity);
    return at < deadline ? undefined : { outcome: { ok: false, error: 'TIMEOUT', at: deadline }, instead: [] };
  }

  #update(step: Step, replayed: Replayer): Ruling | undefined {
    const { h = '', used = {} } = step;
    const handle = replayed.handle(h);
    if (handle === undefined) return undefined;
    if (this.#freed.has(h) || this.#released.has(h) || !handle.granted) return refused('ALREADY_RELEASED');
    for (const [key, usage] of Object.entries(used)) {
      const bad = this.#badUsage(key, handle.amounts[key], usage);
      if (bad !== undefined) return refused(bad);
    }
    this.#told.set(h, new Set([...(this.#told.get(h) ?? []), ...Object.keys(used)]));
    // the documents take no usage but 1 for calls, however many were taken
    const severalCalls = (used[CALL_COUNT] ?? 1) > 1;
    // what was used was used: the recorded system refuses it, and loses the answer that was paid for
    const isOver = Object.entries(used).some(([key, usage]) => usage > (handle.amounts[key] ?? 0));
    return severalCalls || isOver ? { outcome: { ok: true }, instead: [step] } : undefined;
  }

  #badUsage(key: string, requested: number | undefined, usage: number): string | undefined {
    const kind = this.#limits.get(key)?.kind;
    if (kind === undefined || requested === undefined) return 'UPDATE_UNKNOWN_KEY';
    if (usage < 0) return 'NEGATIVE_USAGE';
    if (kind === 'call' && usage !== requested) return 'CALL_USAGE_INVALID';
    return kind === 'resource' && usage > requested ? 'RESOURCE_USAGE_INVALID' : undefined;
  }

  #release(step: Step, replayed: Replayer): Ruling | undefined {
    const { h = '' } = step;
    const handle = replayed.handle(h);
    if (handle === undefined) return undefined;
    if (!handle.granted || this.#freed.has(h)) return { outcome: { ok: true }, instead: [] };
    const missing = Object.keys(handle.amounts)
      .filter((key) => this.#limits.get(key)?.kind === 'rate' && this.#told.get(h)?.has(key) !== true)
      .sort();
    if (missing.length === 0 || this.#released.has(h)) {
      this.#released.add(h);
      return undefined;
    }
    this.#freed.add(h);
    // freed all the same, with all of it used
    const used = Object.fromEntries(missing.map((key) => [key, handle.amounts[key] ?? 0]));
    return {
      outcome: { ok: false, error: 'MISSING_UPDATE', missing },
      instead: [{ ...step, op: 'update', used }, step],
    };
  }
}

function refused(error: string | undefined): Ruling | undefined {
  return error === undefined ? undefined : { outcome: { ok: false, error }, instead: [] };
}
