import { Gauge, Registry } from 'prom-client';
import { familyOf } from '../../client/events/limit-events';
import type { InspectedLimit, Inspection } from '../../limiter/control/inspection';
import { lookAtAll, type LookedAt, type Sets } from '../temporal/overview';
import { type SetState, stateOf } from '../temporal/set-state';

/** What is known of one set: nothing more than its name, if its limiter did not answer. */
export type ShownSet = Pick<LookedAt, 'set' | 'inspection'>;

/** A metric of sets, and what one set adds to it. docs/guide/metrics.md has the same list. */
const OF_SET: Readonly<Record<string, { readonly help: string; readonly of: (inspection: Inspection) => number }>> = {
  clients: { help: 'Processes and workflow runs that share the set.', of: ({ numClients }) => numClients },
  waiting: { help: 'Waiting acquisitions, in all clients.', of: ({ waiting }) => waiting },
  turned_away: {
    help: 'Clients that must ask again later, because the limiter has no room for them.',
    of: ({ turnedAway }) => turnedAway,
  },
};

/** A metric of limits, and what one limit adds to it. */
const OF_LIMIT: Readonly<Record<string, { readonly help: string; readonly of: (limit: InspectedLimit) => number }>> = {
  capacity: {
    help: 'Units per window, or permits, that count now.',
    of: ({ capacity }) => capacity,
  },
  defined_capacity: { help: 'Units per window, or permits, as the code defines them.', of: ({ defined }) => defined },
  started: { help: 'Units that count as used at the provider, or permits in use.', of: ({ started }) => started },
  granted: {
    help: 'Units or permits that were granted to clients and are not known to have started.',
    of: ({ granted }) => granted,
  },
  wanted: { help: 'Units or permits that waiting requests ask for.', of: ({ wanted }) => wanted },
};

/** {@link limiterMetrics} of every limiter of a namespace. */
export async function collectMetrics(admin: Sets): Promise<string> {
  return limiterMetrics(await lookAtAll(admin));
}

/** What limiters show of their sets, as text for Prometheus. The sets of a template are added up under its name. */
export async function limiterMetrics(sets: readonly ShownSet[]): Promise<string> {
  const registry = new Registry();
  const gauge = (key: string, help: string, ...labels: readonly string[]): Gauge => {
    const name = `temporal_limits_limiter_${key}`;
    return new Gauge({ name, help, labelNames: ['limits_set', ...labels], registers: [registry] });
  };
  const states = gauge('sets', 'Sets, by state.', 'limits_state');
  for (const { set, inspection } of sets) {
    const state: SetState = inspection === undefined ? 'unanswered' : stateOf(inspection);
    states.inc({ limits_set: familyOf(set), limits_state: state });
  }
  const known = sets.flatMap(({ inspection }) => inspection ?? []);
  for (const [key, { help, of }] of Object.entries(OF_SET)) {
    const metric = gauge(key, help);
    for (const inspection of known) metric.inc({ limits_set: familyOf(inspection.set) }, of(inspection));
  }
  const oldest = gauge('oldest_wait_seconds', 'Wait time of the request that has waited longest.');
  for (const [limits_set, seconds] of longestWaits(known)) oldest.set({ limits_set }, seconds);
  for (const [key, { help, of }] of Object.entries(OF_LIMIT)) {
    const metric = gauge(key, help, 'limits_key');
    for (const { set, limits } of known) {
      for (const limit of limits) metric.inc({ limits_set: familyOf(set), limits_key: limit.key }, of(limit));
    }
  }
  return registry.metrics();
}

/** Of all sets of one name, in seconds. */
function longestWaits(inspections: readonly Inspection[]): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { set, at, waitingSince = at } of inspections) {
    const name = familyOf(set);
    longest.set(name, Math.max(longest.get(name) ?? 0, (at - waitingSince) / 1_000));
  }
  return longest;
}
