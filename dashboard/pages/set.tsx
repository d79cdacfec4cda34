import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SetView } from '../../src/batch/dashboard/views';
import { useMayChange, useWorkflowLink } from '../about';
import { clock, duration, plural } from '../format';
import { ChangeDialog, type Plan } from '../parts/change-dialog';
import { ChangeLog } from '../parts/change-log';
import { Clients } from '../parts/clients';
import { Hour } from '../parts/hour';
import { Limits } from '../parts/limits';
import { InUse } from '../parts/in-use';
import { ProviderPanel } from '../parts/provider-panel';
import { StatePill } from '../parts/state-pill';
import { WhyPanel } from '../parts/why-panel';
import { useLive } from '../server';

type Inspected = NonNullable<SetView['inspection']>;

export function SetPage({ set }: { readonly set: string }): JSX.Element {
  const [first, setFirst] = useState(0);
  const [plan, setPlan] = useState<Plan>();
  const [done, setDone] = useState('');
  const query = new URLSearchParams({ name: set, first: `${first}` });
  const { value, refusal } = useLive<SetView>(`api/set?${query.toString()}`);
  const inspection = value?.inspection;
  return (
    <>
      <p class="back">
        <a href="#/">All sets</a>
      </p>
      <div class="title">
        <h1>{set}</h1>
        <StatePill state={value?.state ?? 'asking'} />
        {inspection !== undefined && <Controls inspection={inspection} onPlan={setPlan} />}
      </div>
      {refusal !== undefined && <p class="error">{refusal}</p>}
      <p role="status" class={done === '' ? 'unseen' : 'done'}>
        {done}
      </p>
      <Facts workflowId={value?.workflowId} inspection={inspection} />
      {value?.why !== undefined && <WhyPanel why={value.why} />}
      {inspection?.control.pause !== undefined && <InUse limits={inspection.limits} />}
      {inspection !== undefined && (
        <>
          <Limits inspection={inspection} onPlan={setPlan} />
          {inspection.provider !== undefined && <ProviderPanel provider={inspection.provider} />}
          {value?.lastHour !== undefined && <Hour hour={value.lastHour} />}
          <Clients inspection={inspection} first={first} onFirst={setFirst} onPlan={setPlan} />
          <ChangeLog control={inspection.control} />
        </>
      )}
      {plan !== undefined && inspection !== undefined && (
        <ChangeDialog plan={plan} inspection={inspection} onClose={() => setPlan(undefined)} onDone={setDone} />
      )}
    </>
  );
}

interface ControlsProps {
  readonly inspection: Inspected;
  readonly onPlan: (plan: Plan) => void;
}

function Controls({ inspection, onPlan }: ControlsProps): JSX.Element | null {
  if (!useMayChange()) return null;
  const isPaused = inspection.control.pause !== undefined;
  return (
    <div class="buttons" role="group" aria-label="Change this set">
      <button type="button" onClick={() => onPlan({ kind: 'set' })}>
        Change a capacity
      </button>
      <button type="button" onClick={() => onPlan({ kind: isPaused ? 'resume' : 'pause' })}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      {!isPaused && (
        <button type="button" onClick={() => onPlan({ kind: 'drain' })}>
          Drain
        </button>
      )}
    </div>
  );
}

interface FactsProps {
  readonly workflowId: string | undefined;
  readonly inspection: Inspected | undefined;
}

function Facts({ workflowId, inspection }: FactsProps): JSX.Element {
  const link = useWorkflowLink();
  const limiter = workflowId === undefined ? undefined : link(workflowId);
  return (
    <p class="lead">
      {inspection !== undefined && (
        <>
          <span>{plural(inspection.waiting, 'acquisition')} waiting</span>
          {inspection.waitingSince !== undefined && (
            <span>oldest {duration(Math.max(0, inspection.at - inspection.waitingSince))}</span>
          )}
          <span>{plural(inspection.numClients, 'client')}</span>
          <span>definition {inspection.version}</span>
          <span>as of {clock(inspection.at)}</span>
        </>
      )}
      {limiter !== undefined && (
        <a href={limiter} target="_blank" rel="noreferrer">
          Limiter in Temporal
        </a>
      )}
    </p>
  );
}
