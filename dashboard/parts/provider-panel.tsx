import type { JSX } from 'preact';
import type { ProviderStats } from '../../src/limiter/feedback/provider-record';
import { amounts, count, duration, moment } from '../format';
import { Fact } from './fact';

/** What the provider's answers have told. */
export function ProviderPanel({ provider }: { readonly provider: ProviderStats }): JSX.Element {
  const { state, cause, until, answered, throttled, failed, guardMs, drift, usedByOthers } = provider;
  return (
    <section class="panel" aria-labelledby="provider">
      <h2 id="provider">Provider</h2>
      <dl class="facts">
        {state !== 'OPEN' && cause !== 'operator' && (
          <Fact name="State">
            {state === 'PAUSED' ? 'asked for a pause' : 'does not serve the account'}
            {cause !== undefined && ` (${cause})`}
            {until !== undefined && <span class="muted"> next try {moment(until)}</span>}
          </Fact>
        )}
        <Fact name="Answered">{count(answered)}</Fact>
        <Fact name="Refused">{count(throttled)}</Fact>
        <Fact name="Failed">{count(failed)}</Fact>
        {guardMs !== undefined && <Fact name="Guard">{duration(guardMs)}</Fact>}
        {usedByOthers !== undefined && <Fact name="Used by others">{amounts(usedByOthers)}</Fact>}
        {Object.entries(drift ?? {}).map(([key, { defined, reported }]) => (
          <Fact key={key} name={`Size of ${key}`}>
            {count(reported)} <span class="muted">the code defines {count(defined)}</span>
          </Fact>
        ))}
      </dl>
    </section>
  );
}
