import { countText } from '../src/batch/text/numbers';

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

const [SECOND, MINUTE, HOUR, DAY_MS] = [1_000, 60_000, 3_600_000, 86_400_000];
/** More has no place in a row of numbers. */
const LONG = 100_000_000;

export function count(value: number): string {
  return Math.abs(value) < LONG ? countText(value) : SHORT.format(value);
}

export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  return share > 9.99 ? '> 999 %' : `${Math.round(share * 100)} %`;
}

/** Such as `4.2 s`, or `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${WHOLE.format(Math.round(ms / 100) / 10)} s`;
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', SECOND, 's');
  return ms < DAY_MS ? two(ms, HOUR, 'h', MINUTE, 'min') : two(ms, DAY_MS, 'd', HOUR, 'h');
}

function two(ms: number, unit: number, name: string, part: number, partName: string): string {
  const whole = Math.floor(ms / unit);
  const rest = Math.floor((ms % unit) / part);
  return rest === 0 || whole >= 10 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${partName}`;
}

export function clock(at: number): string {
  return CLOCK.format(at);
}

/** With the day, if it is another one. */
export function moment(at: number): string {
  return new Date(at).toDateString() === new Date().toDateString() ? clock(at) : DAY.format(at);
}

/** With a capital letter at its beginning. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Such as `call 1, input_tokens 4,000`. */
export function amounts(byKey: Readonly<Record<string, number>>): string {
  const parts = Object.entries(byKey).map(([key, amount]) => `${key} ${count(amount)}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
