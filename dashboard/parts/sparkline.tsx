import type { JSX } from 'preact';
import { percent } from '../format';

const [WIDTH, HEIGHT] = [120, 28];

/** The share that was used, minute by minute. */
export function Sparkline({ values }: { readonly values: readonly number[] }): JSX.Element | null {
  if (values.length === 0) return null;
  const top = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 1 - ((HEIGHT - 3) * value) / top).toFixed(1)}`,
  );
  const label = `Last hour: at most ${percent(Math.max(...values))}, now ${percent(values.at(-1) ?? 0)}`;
  return (
    <svg role="img" aria-label={label} class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
