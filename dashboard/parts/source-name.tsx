import type { JSX } from 'preact';
import type { CapacityOrigin } from '../../src/limiter/control/inspection';

const MEANS: Readonly<Record<CapacityOrigin, string>> = {
  code: 'The definition in the code.',
  operator: 'Set by an operator.',
  adaptive: 'Adapted to what the provider accepts.',
  provider: 'Reported by the provider.',
};

/** Where a capacity comes from. */
export function SourceName({ source }: { readonly source: CapacityOrigin }): JSX.Element {
  return (
    <span class={`source ${source}`} title={MEANS[source]}>
      {source}
    </span>
  );
}
