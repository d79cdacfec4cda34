import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { clock } from '../format';

export interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

interface ChartProps {
  readonly title: string;
  /** Unit: milliseconds since the Unix epoch. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** The scale reaches at least so far. */
  readonly top: number;
  readonly isWide?: boolean;
}

const HEIGHT = 140;
const AXIS = 64;

/** Lines over time, with their values in words beside them: those of the minute under the pointer, or the latest. */
export function Chart({ title, at, lines, format, top, isWide = false }: ChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number>();
  const theme = useTheme();
  const names = lines.map(({ name }) => name).join('\n');
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(element, lines.length, top, format, setPointed), dataOf(at, lines), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [names, theme]);
  useEffect(() => plot.current?.setData(dataOf(at, lines)), [JSON.stringify([at.at(-1), lines])]);
  const shown = pointed ?? at.length - 1;
  return (
    <figure class={isWide ? 'chart wide' : 'chart'}>
      <figcaption>
        <h3>{title}</h3>
        <span class="muted number">{pointed === undefined ? '' : clock(at[shown] ?? 0)}</span>
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <ul class="lines">
        {lines.map(({ name, values }, index) => (
          <li key={name}>
            <span class={`swatch line-${index + 1}`} /> {name} <span class="number">{format(values[shown] ?? 0)}</span>{' '}
            <span class="muted number">peak {format(Math.max(0, ...values))}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function dataOf(at: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [at.map((ms) => ms / 1000), ...lines.map(({ values }) => [...values])];
}

function optionsOf(
  element: HTMLElement,
  lines: number,
  top: number,
  format: (value: number) => string,
  point: (index: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: color('muted'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
  };
  const stroke = (index: number): string => color(`line-${index + 1}`);
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'hour' }, points: { size: 6 } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(top, max * 1.05)] } },
    axes: [
      { ...axis, grid: { show: false }, values: '{HH}:{mm}', space: 56, size: 28 },
      { ...axis, size: AXIS, space: 36, values: (_plot, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...Array.from({ length: lines }, (_, index) => ({
        stroke: stroke(index),
        width: 1.5,
        points: { show: false },
        ...(lines === 1 && { fill: `color-mix(in srgb, ${stroke(index)} 14%, transparent)` }),
      })),
    ],
    hooks: { setCursor: [(plot) => point(plot.cursor.idx ?? undefined)] },
  };
}

/** Changes when the system goes from light to dark, or back: a canvas does not follow by itself. */
function useTheme(): boolean {
  const [isDark, setIsDark] = useState(false);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setIsDark(query.matches);
    follow();
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isDark;
}
