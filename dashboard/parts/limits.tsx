import type { JSX } from 'preact';
import { takenOf } from '../../src/batch/temporal/set-state';
import type { InspectedLimit, Inspection } from '../../src/limiter/control/inspection';
import { useMayChange } from '../about';
import { count, duration, moment } from '../format';
import { Bar } from './bar';
import type { Plan } from './change-dialog';
import { SourceName } from './source-name';

interface LimitsProps {
  readonly inspection: Pick<Inspection, 'limits' | 'control' | 'next'>;
  readonly onPlan: (plan: Plan) => void;
}

/** A bar for each limit: what has started, what is handed out, what is free. */
export function Limits({ inspection, onPlan }: LimitsProps): JSX.Element {
  const { limits, control, next } = inspection;
  return (
    <section class="panel" aria-labelledby="limits">
      <div class="panel-head">
        <h2 id="limits">Limits</h2>
        <p class="key" aria-hidden="true">
          <span class="started">started</span>
          <span class="granted">granted</span>
          <span class="free">free</span>
        </p>
      </div>
      <ul class="limits">
        {limits.map((limit) => (
          <li key={limit.key}>
            <Limit limit={limit} isBinding={next?.bindingLimit === limit.key} />
            <Source limit={limit} change={control.capacity[limit.key]} onPlan={onPlan} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Limit({ limit, isBinding }: { readonly limit: InspectedLimit; readonly isBinding: boolean }): JSX.Element {
  const { key, kind, capacity, started, granted, free, wanted } = limit;
  const taken = takenOf(limit);
  const whole = Math.max(capacity, taken, 1);
  const verb = kind === 'resource' ? 'in use' : 'started';
  const parts = `${count(started)} ${verb}, ${count(granted)} granted, ${count(free)} free`;
  return (
    <div class="limit">
      <p class="limit-name">
        <strong>{key}</strong> <span class="muted">{rule(limit)}</span>
        {isBinding && <span class="pill watch">next waits for it</span>}
      </p>
      <p class="figures">
        <span class="figure">{count(taken)}</span>
        <span class="muted"> of {count(capacity)}</span>
      </p>
      <Bar
        label={`${key}: ${parts}, of ${count(capacity)}`}
        started={started / whole}
        granted={(taken - started) / whole}
      />
      <p class="muted parts">
        <span>{parts}</span>
        {wanted > 0 && <span>waiting for {count(wanted)} more</span>}
      </p>
    </div>
  );
}

function rule({ kind, algorithm, windowMs }: InspectedLimit): string {
  if (kind === 'resource') return 'permits';
  const units = kind === 'call' ? 'calls' : 'units';
  const per = windowMs === undefined ? units : `${units} per ${duration(windowMs).replace(/^1 /, '')}`;
  return algorithm === undefined ? per : `${per}, ${algorithm}`;
}

interface SourceProps {
  readonly limit: InspectedLimit;
  readonly change: Inspection['control']['capacity'][string] | undefined;
  readonly onPlan: (plan: Plan) => void;
}

/** Where the capacity comes from, if it is not the code's, and the way back. */
function Source({ limit, change, onPlan }: SourceProps): JSX.Element | null {
  const mayChange = useMayChange();
  const { key, source, defined, capacity } = limit;
  if (source === 'code' && change === undefined) return null;
  return (
    <p class="source-line">
      <SourceName source={source} />
      {capacity !== defined && <span>the code defines {count(defined)}</span>}
      {change !== undefined && (
        <span>
          {change.by}
          {change.until !== undefined && `, until ${moment(change.until)}`}
          {change.reason !== '' && `: ${change.reason}`}
        </span>
      )}
      {mayChange && change !== undefined && (
        <button type="button" class="small" onClick={() => onPlan({ kind: 'reset', key })}>
          Reset <span class="unseen">{key}</span>
        </button>
      )}
    </p>
  );
}
