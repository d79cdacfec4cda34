/** From the largest on, and how many seconds each has. */
const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `5 s`, `2 min 5 s`, `1 h 2 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, each]) => whole >= each);
  const [unit, each] = UNITS[first] ?? ['s', 1];
  const [nextUnit, nextEach] = UNITS[first + 1] ?? ['s', 1];
  const rest = Math.floor((whole % each) / nextEach);
  return `${Math.floor(whole / each)} ${unit}${rest === 0 ? '' : ` ${rest} ${nextUnit}`}`;
}
