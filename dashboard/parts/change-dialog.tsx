import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SetChange } from '../../src/batch/dashboard/views';
import type { ChangeOutcome } from '../../src/limiter/control/change';
import type { Inspection } from '../../src/limiter/control/inspection';
import { count, moment } from '../format';
import { change } from '../server';
import { Dialog } from './dialog';
import { formText } from './form-text';

/** What somebody is about to change. */
export type Plan =
  | { readonly kind: 'set' }
  | { readonly kind: 'reset'; readonly key: string }
  | { readonly kind: 'pause' | 'drain' | 'resume' }
  | { readonly kind: 'forget'; readonly client: string };

interface ChangeDialogProps {
  readonly plan: Plan;
  readonly inspection: Omit<Inspection, 'history'>;
  readonly onClose: () => void;
  /** Called with a sentence that says what was done. */
  readonly onDone: (what: string) => void;
}

const TITLES = {
  set: ['Change a capacity', 'Change'],
  reset: ['Restore the capacity in the code', 'Reset'],
  pause: ['Pause this set', 'Pause'],
  drain: ['Drain this set', 'Drain'],
  resume: ['Resume this set', 'Resume'],
  forget: ['Forget a client', 'Forget'],
} as const;

/** The name is remembered in this browser. */
const WHO = 'temporal-limits-who';

/** Asks for what a change needs, and makes it. Refused if somebody else has changed the set meanwhile. */
export function ChangeDialog({ plan, inspection, onClose, onDone }: ChangeDialogProps): JSX.Element {
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const [revision] = useState(inspection.control.revision);
  const [title, confirm] = TITLES[plan.kind];
  const submit = (form: FormData): void => {
    setIsBusy(true);
    setError(undefined);
    change(requestOf(plan, inspection.set, revision, form)).then(
      (result) => {
        onDone(`Done: ${outcome(plan, result)}`);
        onClose();
      },
      (reason: unknown) => {
        setError(reason instanceof Error ? reason.message : String(reason));
        setIsBusy(false);
      },
    );
  };
  const isDangerous = plan.kind === 'pause' || plan.kind === 'drain' || plan.kind === 'forget';
  return (
    <Dialog {...{ title, confirm, isDangerous, isBusy, error, onClose }} onSubmit={submit}>
      <Explanation plan={plan} />
      {plan.kind === 'set' && <CapacityFields limits={inspection.limits} />}
      {(plan.kind === 'set' || plan.kind === 'pause') && <Duration />}
      <label class="field">
        <span>Reason</span>
        <input name="reason" maxLength={200} placeholder="shown in the list of changes" autocomplete="off" />
      </label>
      <label class="field">
        <span>Your name</span>
        <input name="by" maxLength={100} defaultValue={localStorage.getItem(WHO) ?? ''} autocomplete="off" />
      </label>
    </Dialog>
  );
}

function Explanation({ plan }: { readonly plan: Plan }): JSX.Element {
  switch (plan.kind) {
    case 'set':
      return <p>It takes effect in every process within about a second. No deployment undoes it.</p>;
    case 'reset':
      return <p>{plan.key} has the capacity of its definition again.</p>;
    case 'pause':
      return <p>No more calls start. Calls in flight continue.</p>;
    case 'drain':
      return <p>No more calls start until somebody resumes the set. The page shows when nothing is in use.</p>;
    case 'resume':
      return <p>Waiting requests start again, in order.</p>;
    case 'forget':
      return (
        <p>
          The permits of <code>{plan.client}</code> go to others at once. Do this only if it has ended.
        </p>
      );
  }
}

function CapacityFields({ limits }: Pick<Inspection, 'limits'>): JSX.Element {
  const [key, setKey] = useState(limits[0]?.key ?? '');
  const limit = limits.find((each) => each.key === key);
  return (
    <>
      <label class="field">
        <span>Limit</span>
        <select name="key" value={key} onChange={(event) => setKey(event.currentTarget.value)}>
          {limits.map((each) => (
            <option key={each.key} value={each.key}>
              {each.key}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>
          Capacity{' '}
          <span class="muted">
            now {count(limit?.capacity ?? 0)}, the code defines {count(limit?.defined ?? 0)}
          </span>
        </span>
        <input
          key={key}
          name="capacity"
          type="number"
          min="0"
          step="any"
          required
          defaultValue={`${limit?.capacity ?? ''}`}
        />
      </label>
    </>
  );
}

const DURATIONS = { '15m': '15 minutes', '1h': '1 hour', '4h': '4 hours', '1d': '1 day', '': 'until somebody ends it' };

/** Most changes are for an incident, and end by themselves. */
const USUAL = '1h';

function Duration(): JSX.Element {
  return (
    <label class="field">
      <span>For</span>
      <select name="for">
        {Object.entries(DURATIONS).map(([value, name]) => (
          <option key={value} value={value} selected={value === USUAL}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function requestOf(plan: Plan, set: string, ifRevision: number, form: FormData): SetChange {
  const field = (name: string): string => formText(form, name);
  const [reason, by, duration] = [field('reason'), field('by'), field('for')];
  localStorage.setItem(WHO, by);
  const options = {
    ifRevision,
    ...(reason !== '' && { reason }),
    ...(by !== '' && { by }),
    ...(duration !== '' && { for: duration }),
  };
  switch (plan.kind) {
    case 'set':
      return { action: 'set', set, options, capacity: { [field('key')]: Number(field('capacity')) } };
    case 'reset':
      return { action: 'reset', set, options, keys: [plan.key] };
    case 'forget':
      return { action: 'forget', set, options, client: plan.client };
    case 'pause':
    case 'drain':
      return { action: 'pause', set, options };
    case 'resume':
      return { action: 'resume', set, options };
  }
}

function outcome(plan: Plan, { capacities, after }: ChangeOutcome): string {
  switch (plan.kind) {
    case 'set':
    case 'reset': {
      const changed = Object.entries(capacities).filter(([, { before, after: now }]) => before !== now);
      const texts = changed.map(([key, { before, after: now }]) => `${key} ${count(before)} → ${count(now)}`);
      return texts.length === 0 ? 'the capacities were the same already.' : `${texts.join(', ')}.`;
    }
    case 'pause':
    case 'drain':
      return after.pause?.until === undefined ? 'paused.' : `paused until ${moment(after.pause.until)}.`;
    case 'resume':
      return 'resumed.';
    case 'forget':
      return `${plan.client} is forgotten.`;
  }
}
