import type { LimitDefinition, SetDefinition } from '../definition/definition';

/**
 * By how much the clocks of a server and of a provider may come apart within a window, as a share of it and at least: clocks
 * are slewed, and another host of the server has another one. Unit of the latter: milliseconds.
 */
const [CLOCKS_SHARE, LEAST_CLOCKS_MS] = [1 / 400, 10] as const;

/**
 * For how long after its answer a call still counts as not arrived, since clocks may disagree by so much when its window
 * ends. `Infinity` where an answer says nothing about it: that of a window that begins by the provider's own clock. Unit:
 * milliseconds.
 */
export function afterAnswerMs(limit: LimitDefinition): number {
  if (limit.kind === 'resource' || limit.algorithm === 'FixedWindow') return Infinity;
  return Math.max(LEAST_CLOCKS_MS, limit.windowMs * CLOCKS_SHARE);
}

/** Whether it may matter to some limit when a call was answered: its guard may end then. */
export function answersMatter({ limits, timing: { guardMs } }: SetDefinition): boolean {
  return limits.some((limit) => afterAnswerMs(limit) < guardMs);
}
