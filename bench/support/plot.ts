import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { init } from 'echarts';

/** A curve: points from left to right. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Whether it is somebody else's, or a bound. @default false */
  readonly isDashed?: boolean;
}

/** What a plot says. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** @default both go by powers of ten */
  readonly yRange?: readonly [least: number, most: number];
  readonly curves: readonly Curve[];
}

/** Draws the curves as an SVG, in docs/plots. */
export function plot(name: string, { title, x, y, yRange, curves }: Plot): void {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 420 });
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    legend: { bottom: 0, itemGap: 24 },
    grid: { left: 80, right: 30, top: 40, bottom: 110 },
    xAxis: { type: 'log', name: x, nameLocation: 'middle', nameGap: 28 },
    yAxis: {
      ...(yRange === undefined ? { type: 'log' } : { type: 'value', min: yRange[0], max: yRange[1] }),
      ...{ name: y, nameLocation: 'middle', nameGap: 55 },
    },
    series: curves.map(({ name: curve, points, isDashed = false }) => ({
      ...{ type: 'line', name: curve, data: points.map((point) => [...point]) },
      lineStyle: { type: isDashed ? 'dashed' : 'solid' },
    })),
  });
  const file = `docs/plots/${name}.svg`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${chart.renderToSVGString()}\n`);
  chart.dispose();
  console.log(`drawn in ${file}`);
}
