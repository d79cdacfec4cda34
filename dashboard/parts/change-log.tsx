import type { JSX } from 'preact';
import type { Control, LoggedChange } from '../../src/limiter/control/control';
import { count, moment } from '../format';

/** What operators have changed, the latest first. */
export function ChangeLog({ control: { log, revision } }: { readonly control: Control }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="log">
      <div class="panel-head">
        <h2 id="log">Changes</h2>
        <span class="muted">revision {revision}</span>
      </div>
      {log.length === 0 ? (
        <p class="empty">No operator has changed anything.</p>
      ) : (
        <ol class="log" reversed>
          {log.toReversed().map((change) => (
            <li key={change.revision}>
              <time class="muted number" dateTime={new Date(change.at).toISOString()}>
                {moment(change.at)}
              </time>
              <span>
                <strong>{change.by}</strong> {deed(change)}
                {change.until !== undefined && <span class="muted"> until {moment(change.until)}</span>}
                {change.reason !== '' && <span class="reason">{change.reason}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function deed({ action, capacity = {}, client }: LoggedChange): string {
  const keys = Object.keys(capacity);
  switch (action) {
    case 'set':
      return `set ${keys.map((key) => `${key} to ${count(capacity[key] ?? 0)}`).join(', ')}`;
    case 'reset':
      return `reset ${keys.length === 0 ? 'all capacities' : keys.join(', ')}`;
    case 'pause':
      return 'paused the set';
    case 'resume':
      return 'resumed the set';
    case 'forget':
      return `forgot client ${client ?? ''}`;
  }
}
