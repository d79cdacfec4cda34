import type { JSX } from 'preact';

interface BarProps {
  /** What it shows, in words. */
  readonly label: string;
  /** From 0; a whole of more than 1 is drawn as 1. */
  readonly started: number;
  readonly granted?: number;
}

/** How much of a limit is used. A screen reader reads its label. */
export function Bar({ label, started, granted = 0 }: BarProps): JSX.Element {
  const whole = Math.max(1, started + granted);
  const width = (share: number): { width: string } => ({ width: `${(100 * share) / whole}%` });
  return (
    <div role="img" aria-label={label} class={`bar ${started + granted >= 0.999 ? 'full' : ''}`}>
      <span class="started" style={width(started)} />
      <span class="granted" style={width(granted)} />
    </div>
  );
}
