import type { JSX } from 'preact';
import type { Finding, HealthView } from '../../src/batch/dashboard/views';
import { clock, count, plural } from '../format';
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
  const bad = findings.filter(({ severity }) => severity === 'bad');
  const notices = findings.filter(({ severity }) => severity === 'notice');
  return (
    <>
      <p class="lead">
        Temporal answers in {answeredInMs} ms. {looked < sets && `${count(looked)} of `}
        {plural(sets, 'set')} looked at, as of {clock(at)}.
      </p>
      {findings.length === 0 && looked === sets && (
        <p class="panel all-well">
          <strong>All is well.</strong> Nothing is stopped, nobody has waited for long, and the provider has refused
          nothing in the last hour.
        </p>
      )}
      {bad.length > 0 && <Findings title="Needs attention" findings={bad} />}
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
        {findings.map(({ set, severity, title: what, detail }) => (
          <li key={`${set} ${what}`} class={severity}>
            <a href={toSet(set)}>{set}</a>
            <strong>{what}</strong>
            <span class="muted">{detail}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
