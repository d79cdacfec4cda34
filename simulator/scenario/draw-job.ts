import { unitsOf, type LimitDefinition } from '../../src/limiter/definition/definition';
import { spread } from '../world/random';
import type { Job } from './job';
import { LONGEST_HOLD_MS, type Scenario } from './scenario';

type Random = () => number;

/** Most that a call uses of what it requested, where that is charged. */
const MOST_USED = 1.5;

/** What a caller wants of a set: small and large requests, short and long ones, some urgent, not all of it needed. */
export function drawJob(limits: readonly LimitDefinition[], scenario: Scenario, random: Random): Job {
  const requested: Record<string, number> = {};
  const shares: Record<string, number> = {};
  for (const limit of limits) {
    const amount = drawAmount(limit, random);
    const share = drawShare(limit, random);
    if (limit.kind !== 'rate') requested[limit.key] = amount;
    const units = unitsOf(limit);
    for (const [unit, weight] of units) {
      requested[unit] = Math.min(requested[unit] ?? Infinity, amount / weight / units.length);
      // the one limit that does not charge what is above the request is the one that matters
      shares[unit] = Math.min(shares[unit] ?? Infinity, share);
    }
  }
  return {
    requested,
    used: Object.fromEntries(Object.entries(shares).map(([unit, share]) => [unit, share * (requested[unit] ?? 0)])),
    holdMs: random() < scenario.longHolds ? LONGEST_HOLD_MS * random() : spread(random, 2, scenario.holdMs),
    pauseMs: scenario.pauseMs * random(),
    priority: random() < scenario.urgentShare ? 1 : 0,
    ...(random() < scenario.timeoutShare ? { timeoutMs: spread(random, 5, 20_000) } : {}),
  };
}

/** How much of what is requested of a limit turns out to be used. */
function drawShare(limit: LimitDefinition, random: Random): number {
  const isAbove = limit.kind === 'rate' && limit.overage === 'charge' && random() < 0.2;
  if (isAbove) return 1 + (MOST_USED - 1) * random();
  return random() < 0.5 ? 1 : random();
}

function drawAmount(limit: LimitDefinition, random: Random): number {
  const kindOfWish = random();
  const most = mostRequested(limit);
  switch (limit.kind) {
    case 'rate':
      return kindOfWish < 0.02 ? most : kindOfWish < 0.35 ? 0 : (most / 4) * random() ** 3;
    case 'call':
      return kindOfWish < 0.05 ? Math.min(3, Math.max(1, Math.floor(most))) : kindOfWish < 0.15 ? 0 : 1;
    case 'resource':
      return kindOfWish < 0.02 ? most : kindOfWish < 0.1 ? Math.min(2, most) : kindOfWish < 0.25 ? 0 : 1;
  }
}

/** What is served however little the provider says that there is: an adaptive limit's least, and half of one that follows it. */
function mostRequested(limit: LimitDefinition): number {
  if (limit.adaptive !== undefined) return limit.adaptive.min;
  return 'follow' in limit ? limit.capacity / 2 : limit.capacity;
}
