/**
 * What an acquisition costs in memory mode once something of the provider was heard, beside one of a set that has heard
 * nothing, in short rounds that take turns. Fails if having heard that it serves costs more than half a microsecond, at the
 * lower quartile, which whatever else the machine does moves least.
 *
 *   npx tsx bench/heard.ts
 */
import { CASES, nameOf, PLENTY } from './in-process/cases';
import { heard, own } from './in-process/own';
import { figures, report } from './support/report';
import { measure } from './support/rounds';

const MOST_MICROSECONDS = 0.5;

const SAYS = {
  headers: { 'x-ratelimit-limit-requests': String(PLENTY), 'x-ratelimit-remaining-requests': String(PLENTY) },
};

async function main(): Promise<void> {
  const rows: string[][] = [];
  const numbers: Record<string, object> = {};
  let worst = 0;
  for (const shape of CASES) {
    const entry = { ...shape, entries: 0 };
    const range = shape.shape === 'permit' ? { min: 1, max: 100 } : { min: 100, max: 2 * PLENTY };
    const spreads = await measure([
      await own(entry),
      await heard(entry, 'heard', { status: 200 }),
      await heard(entry, 'what is left', { status: 200, ...SAYS }),
      await heard(entry, 'adaptive', { status: 200 }, range),
    ]);
    const [unheard, ...others] = [...spreads.values()];
    const more = others.map(({ low }) => low - (unheard?.low ?? NaN));
    worst = Math.max(worst, more[0] ?? NaN);
    rows.push([nameOf(entry), ...[...spreads.values()].map(figures), more.map((us) => us.toFixed(2)).join(' / ')]);
    numbers[nameOf(entry)] = Object.fromEntries(spreads);
  }
  const columns = ['', 'nothing heard', 'heard', 'heard what is left', 'adaptive', 'more by'];
  report('heard', [{ title: 'acquire + update + release (µs)', columns, rows }], numbers);
  console.log(`heard: ${worst.toFixed(2)} µs more at most, of ${MOST_MICROSECONDS} allowed`);
  if (!(worst <= MOST_MICROSECONDS)) process.exitCode = 1;
}

void main();
