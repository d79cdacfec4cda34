import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { spread } from '../world/random';
import type { Job } from './job';
import { LONGEST_HOLD_MS, type Scenario } from './scenario';

type Random = () => number;

/** What somebody wants of a set: small and large requests, short and long ones, some in a hurry, not all of it needed. */
export function drawJob(limits: readonly LimitDefinition[], scenario: Scenario, random: Random): Job {
  const requested: Record<string, number> = {};
  const used: Record<string, number> = {};
  for (const limit of limits) {
    const amount = drawAmount(limit, random);
    requested[limit.key] = amount;
    const needed = random() < 0.5 ? amount : amount * random();
    if (limit.kind === 'rate') used[limit.key] = needed;
  }
  return {
    requested,
    used,
    holdMs: random() < scenario.longHolds ? LONGEST_HOLD_MS * random() : spread(random, 2, scenario.holdMs),
    pauseMs: scenario.pauseMs * random(),
    priority: random() < scenario.urgentShare ? 1 : 0,
    ...(random() < scenario.timeoutShare ? { timeoutMs: spread(random, 5, 20_000) } : {}),
  };
}

function drawAmount({ kind, capacity }: LimitDefinition, random: Random): number {
  const kindOfWish = random();
  switch (kind) {
    case 'rate':
      return kindOfWish < 0.02 ? capacity : kindOfWish < 0.35 ? 0 : (capacity / 4) * random() ** 3;
    case 'call':
      return kindOfWish < 0.05 ? Math.min(3, capacity) : kindOfWish < 0.15 ? 0 : 1;
    case 'resource':
      return kindOfWish < 0.02 ? capacity : kindOfWish < 0.1 ? Math.min(2, capacity) : kindOfWish < 0.25 ? 0 : 1;
  }
}
