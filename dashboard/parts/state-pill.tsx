import type { JSX } from 'preact';
import type { SetState } from '../../src/batch/dashboard/views';

const STATES: Readonly<Record<SetState, { readonly name: string; readonly tone: string; readonly means: string }>> = {
  serving: { name: 'Serving', tone: 'ok', means: 'Nobody waits.' },
  waiting: { name: 'Waiting', tone: 'watch', means: 'Some wait until their limits have room.' },
  paused: { name: 'Paused', tone: 'info', means: 'An operator has stopped the set.' },
  provider: { name: 'Provider pause', tone: 'watch', means: 'The provider has asked to be left alone for a moment.' },
  circuit: { name: 'Circuit open', tone: 'bad', means: 'The provider does not serve the account.' },
  unanswered: { name: 'Unanswered', tone: 'bad', means: 'The limiter does not answer.' },
  asking: { name: 'Asking', tone: 'none', means: 'The limiter has not answered yet.' },
};

/** How a set is, in a word and a colour. */
export function StatePill({ state }: { readonly state: SetState }): JSX.Element {
  const { name, tone, means } = STATES[state];
  return (
    <span class={`pill ${tone}`} title={means}>
      {name}
    </span>
  );
}
