import type { JSX } from 'preact';
import { stillInUse } from '../../src/limiter/control/inspected';
import type { Inspection } from '../../src/limiter/control/inspection';
import { amounts } from '../format';

/** Whether a stopped set is drained, or what is still in use. */
export function InUse({ limits }: Pick<Inspection, 'limits'>): JSX.Element {
  const inUse = stillInUse({ limits });
  const isDrained = Object.keys(inUse).length === 0;
  return (
    <p role="status" class="panel">
      {isDrained ? 'Drained: nothing is in use.' : `Still in use: ${amounts(inUse)}.`}
    </p>
  );
}
