import type { Outcome, Step, Trace } from './trace';

/** A limit counted by hand. */
interface Meter {
  used(t: number): number;
  take(t: number, amount: number): void;
  /** When so many units more will have left. */
  after(t: number, amount: number): number;
}

type NewMeter = (capacity: number, windowTicks: number) => Meter;

/** A leaky bucket that leaks all the time: a look at it loses nothing of the remainder. */
export const continuousLeak: NewMeter = (capacity, windowTicks) => {
  let level = 0;
  let at = 0;
  const used = (t: number) => Math.max(0, level - ((t - at) * capacity) / windowTicks);
  return {
    used,
    take(t, amount) {
      level = used(t) + amount;
      at = t;
    },
    after: (t, amount) => t + (amount * windowTicks) / capacity,
  };
};

/** A fixed window that begins at each multiple of its length, whenever it was last touched. */
export const alignedWindow: NewMeter = (_capacity, windowTicks) => {
  const counts = new Map<number, number>();
  const indexOf = (t: number) => Math.floor(t / windowTicks);
  const used = (t: number) => counts.get(indexOf(t)) ?? 0;
  return {
    used,
    take: (t, amount) => void counts.set(indexOf(t), used(t) + amount),
    after: (t) => (indexOf(t) + 1) * windowTicks,
  };
};

/** What each step of a trace with one rate limit comes to by a meter. */
export function meterOutcomes(trace: Trace, newMeter: NewMeter): Outcome[] {
  const [limit] = trace.limits ?? [];
  if (limit?.kind !== 'rate' || trace.limits?.length !== 1)
    throw new Error(`${trace.id}: a meter counts one rate limit`);
  const { key, capacity, windowTicks } = limit;
  const meter = newMeter(capacity, windowTicks);

  const attempt = (step: Step): Outcome => {
    const amounts = { [key]: step.request?.[key] ?? 0 };
    const excess = meter.used(step.t) + (amounts[key] ?? 0) - capacity;
    const at = excess <= 0 ? step.t : meter.after(step.t, excess);
    const deadline = step.t + (step.timeoutTicks ?? Infinity);
    if (step.op === 'tryAcquire' && at > step.t) return { ok: false, amounts };
    if (at > step.t && at >= deadline) return { ok: false, error: 'TIMEOUT', at: deadline };
    meter.take(at, amounts[key] ?? 0);
    return { ok: true, amounts, ...(step.op === 'acquire' && { at }) };
  };

  return trace.steps.map((step): Outcome => {
    switch (step.op) {
      case 'stats': {
        const used = meter.used(step.t);
        return { limits: { [key]: { capacity, available: capacity - used, utilization: used / capacity } } };
      }
      case 'tryAcquire':
      case 'acquire':
        return attempt(step);
      case 'update':
      case 'release':
        return step.expect;
    }
  });
}
