import { meter } from '../text/meter';
import { durationText } from '../../limiter/errors/duration-text';
import { countText, numberOf, percentText } from '../text/numbers';
import { fitted, type Style } from '../text/style';
import { type Forecast } from './forecast';
import { type ProgressSnapshot, type QuotaUse, type SetProgress } from './progress-snapshot';

/** A log is read in windows of this width. Unit: columns. */
const LOG_COLUMNS = 100;
const METER = 20;
/** Names of accounts may be long. Unit: columns. */
const MOST_NAME = 20;
const MOST_NAME_IN_LOG = 14;

/** The whole snapshot in one line of at most 100 columns, for a log: what matters most comes first. */
export function progressLine(snapshot: ProgressSnapshot): string {
  const { sets } = snapshot;
  const total = (amount: (set: SetProgress) => number): string =>
    countText(sets.reduce((sum, set) => sum + amount(set), 0));
  const work = `${total(({ inFlight }) => inFlight)} at work, ${total(({ waiting }) => waiting)} waiting`;
  return fitted([itemsText(snapshot), ...troublesText(sets), work, totalText(snapshot)].join('; '), LOG_COLUMNS);
}

/** `eu throttled (rate_limit), tries again in 8 s, and 2 other accounts`. */
function troublesText(sets: readonly SetProgress[]): string[] {
  const [first, ...others] = sets.filter((set) => troubleOf(set) !== undefined);
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${others.length} other account${others.length === 1 ? '' : 's'}`;
  return [`${fitted(first.name, MOST_NAME_IN_LOG)} ${troubleOf(first) ?? ''}${more}`];
}

/** A line for the items, and one for each account, each of at most `width` columns. */
export function progressBars(snapshot: ProgressSnapshot, columns: number, style: Style): string[] {
  const { done, total, sets, trouble } = snapshot;
  const width = Math.min(MOST_NAME, Math.max('items'.length, ...sets.map(({ name }) => name.length)));
  const rest = Math.max(0, columns - width - METER - 2);
  const line = (name: string, used: number, text: string, isWell: boolean): string => {
    const paint = (plain: string): string => (isWell ? style.good(plain) : style.notable(plain));
    const words = fitted(text, rest);
    return `${fitted(name, width).padEnd(width)} ${paint(meter({ used }, METER))} ${isWell ? words : paint(words)}`;
  };
  return [
    line(
      'items',
      total > 0 ? done / total : 0,
      `${itemsText(snapshot)}, ${totalText(snapshot)}`,
      trouble === undefined,
    ),
    ...sets.map((set) => {
      const wrong = troubleOf(set);
      const full = fullest(set.quotas);
      const parts = [
        ...(wrong === undefined ? [] : [wrong]),
        ...(full === undefined ? [] : [`${percentText(full.share).padStart(5)} of ${full.key}`]),
        `${countText(set.inFlight)} at work`,
        `${countText(set.waiting)} waiting`,
      ];
      return line(set.name, full?.share ?? 0, parts.join(', '), wrong === undefined);
    }),
  ];
}

/** `25 %, 100 of 400 items`, or `100 of 400 items, paused`. */
function itemsText({ done, total, trouble }: ProgressSnapshot): string {
  const items = `${countText(done)} of ${numberOf(total, 'item')}`;
  if (trouble !== undefined) return `${items}, ${trouble}`;
  return total > 0 ? `${percentText(done / total)}, ${items}` : items;
}

/** `about 3 min 20 s left, 1 failed, 3 retries (last error RateLimited), after 2 min 5 s`. */
function totalText({ failed, retries = 0, lastError, elapsedSeconds, rest, trouble }: ProgressSnapshot): string {
  const last = lastError === undefined ? '' : ` (last error ${lastError})`;
  return [
    ...(rest === undefined || trouble !== undefined ? [] : [restText(rest)]),
    `${countText(failed)} failed`,
    ...(retries === 0 && last === '' ? [] : [`${countText(retries)} retries${last}`]),
    `after ${durationText(elapsedSeconds)}`,
  ].join(', ');
}

/** Not finer than it is known: to 5 s, and above 5 min to a minute. */
function restText({ kind, seconds }: Forecast): string {
  const step = seconds > 300 ? 60 : 5;
  return `${kind} ${durationText(Math.ceil(seconds / step) * step)} left`;
}

/** What is wrong at an account, if something is. */
function troubleOf({ suspension, faults }: SetProgress): string | undefined {
  return suspension ?? faults;
}

function fullest(quotas: readonly QuotaUse[]): QuotaUse | undefined {
  return [...quotas].sort((a, b) => b.share - a.share)[0];
}
