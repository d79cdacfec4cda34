import type { JSX } from 'preact';
import type { ShownState } from '../../src/batch/dashboard/views';
import { SET_STATES, stateName } from '../../src/batch/temporal/set-state';
import { sentence } from '../format';

/** How a set is, in a word and a colour. */
export function StatePill({ state }: { readonly state: ShownState }): JSX.Element {
  const [name, { tone, means }] =
    state === 'asking'
      ? [state, { tone: 'none', means: 'the limiter has not answered yet' }]
      : [stateName(state), SET_STATES[state]];
  return (
    <span class={`pill ${tone}`} title={sentence(means)}>
      {sentence(name)}
    </span>
  );
}
