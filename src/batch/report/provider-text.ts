import { type ProviderStats } from '../../limiter/feedback/provider-record';
import { stateName } from '../temporal/set-state';
import { durationText } from '../../limiter/errors/duration-text';

/** Why a set's provider does not serve, as `circuit open (unauthorized), tries again in 8 s`; nothing if it does. */
export function suspensionText(provider: ProviderStats | undefined, now: number): string | undefined {
  if (provider === undefined || provider.state === 'OPEN') return undefined;
  const { state, cause, until = now } = provider;
  if (cause === 'operator') {
    return `paused by an operator${until > now ? `, until in ${durationText((until - now) / 1000)}` : ''}`;
  }
  const what = stateName(state === 'PAUSED' ? 'throttled' : 'circuit_open');
  const next = until > now ? `tries again in ${durationText((until - now) / 1000)}` : 'is trying again';
  return `${what} (${cause ?? 'unknown'}), ${next}`;
}

/** What a set's provider answered instead of serving, such as `2 unauthorized, 1 rate_limit`; nothing if it did not. */
export function faultsText(faults: Readonly<Record<string, number>>): string | undefined {
  const counts = Object.entries(faults).map(([cause, count]) => `${count} ${cause}`);
  return counts.length === 0 ? undefined : counts.join(', ');
}
