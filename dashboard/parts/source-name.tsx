import type { JSX } from 'preact';
import type { CapacityOrigin } from '../../src/limiter/control/inspection';

const MEANS: Readonly<Record<CapacityOrigin, string>> = {
  code: 'As the definition in the code says.',
  operator: 'An operator has set it.',
  adaptive: 'It adapts to what the provider bears.',
  provider: 'As the provider says.',
};

/** Where a capacity comes from. */
export function SourceName({ source }: { readonly source: CapacityOrigin }): JSX.Element {
  return (
    <span class={`source ${source}`} title={MEANS[source]}>
      {source}
    </span>
  );
}
