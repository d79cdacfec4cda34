import type { JSX } from 'preact';
import type { HealthView } from '../../src/batch/dashboard/views';
import type { Finding } from '../../src/batch/look/finding';
import { clock, count, plural, sentence } from '../format';
import { toSet } from '../route';
import { useLive } from '../server';

export function HealthPage(): JSX.Element {
  const { value, refusal } = useLive<HealthView>('api/health');
  return (
    <>
      <h1>Health</h1>
      {refusal !== undefined && <p class="error">{refusal}</p>}
      {value === undefined ? <p class="muted">Asking every limiter …</p> : <Found view={value} />}
    </>
  );
}

function Found({ view }: { readonly view: HealthView }): JSX.Element {
  const { at, answeredInMs, sets, looked, findings } = view;
  const wrong = findings.filter(({ status }) => status === 'wrong');
  const notices = findings.filter(({ status }) => status === 'notice');
  return (
    <>
      <p class="lead">
        Temporal answers in {answeredInMs} ms. {looked < sets && `${count(looked)} of `}
        {plural(sets, 'set')} examined at {clock(at)}.
      </p>
      {findings.length === 0 && looked === sets && (
        <p class="panel all-well">
          <strong>All is well.</strong> No set is stopped, no request has waited for long, and no provider has refused a
          request in the last hour.
        </p>
      )}
      {wrong.length > 0 && <Findings title="Needs attention" findings={wrong} />}
      {notices.length > 0 && <Findings title="Good to know" findings={notices} />}
    </>
  );
}

function Findings({ title, findings }: { readonly title: string; readonly findings: readonly Finding[] }): JSX.Element {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{title}</h2>
        <span class="muted">{findings.length}</span>
      </div>
      <ul class="findings">
        {findings.map(({ set = '', status, message, advice }) => (
          <li key={`${set} ${message}`} class={status}>
            <a href={toSet(set)}>{set}</a>
            <strong>{sentence(message)}</strong>
            {advice !== undefined && <span class="muted">{sentence(advice)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
