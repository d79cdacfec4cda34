import { type Style } from './style';

/** How full something is. Shares from 0 to 1. */
export interface Fill {
  /** What is used. */
  readonly used: number;
  /** What is set aside besides. @default 0 */
  readonly reserved?: number;
}

/** A bar: `█` used, `▒` set aside, `░` free. Any use shows. */
export function meter({ used, reserved = 0 }: Fill, width: number): string {
  const cells = (share: number): number => Math.min(width, share > 0 ? Math.max(1, Math.round(share * width)) : 0);
  const full = cells(used);
  const taken = Math.max(full, cells(used + reserved));
  return '█'.repeat(full) + '▒'.repeat(taken - full) + '░'.repeat(width - taken);
}

/** The colour of a bar: red where nothing is left, yellow where little is. */
export function colouredMeter(fill: Fill, width: number, style: Style): string {
  const taken = fill.used + (fill.reserved ?? 0);
  const colour = taken >= 1 ? style.bad.bind(style) : taken >= 0.8 ? style.notable.bind(style) : style.good.bind(style);
  return colour(meter(fill, width));
}
