import { type SetOverview } from '../temporal/overview';
import { stateName } from '../temporal/set-state';
import { colouredMeter } from '../text/meter';
import { countText, durationText, percentText } from '../text/numbers';
import { fitted, type Style } from '../text/style';
import { inToneOf } from './state-text';

const METER = 10;
/** As wide as the longest of them. */
const STATE = 12;
/** The columns besides the two of names, and the gaps between all. */
const OTHERS = STATE + (METER + 6) + 7 + 7 + 5 * 2;
/** Of what is left for both names, the share of the set's. */
const SET_SHARE = 0.55;

export interface Screen {
  /** What is looked at, such as an address. */
  readonly title: string;
  readonly columns: number;
  /** Lines that there are for all; those that do not fit are counted. @default no bound */
  readonly rows?: number;
}

/** A line for each set, those first for which most waits. Fits the screen. */
export function overviewText(
  sets: readonly SetOverview[],
  { title, columns, rows = Infinity }: Screen,
  style: Style,
): string {
  const names = Math.max(20, columns - OTHERS);
  const widths = { set: Math.floor(names * SET_SHARE), limit: names - Math.floor(names * SET_SHARE) };
  const waiting = sets.reduce((sum, set) => sum + (set.waiting ?? 0), 0);
  const summary = `${countText(sets.length)} ${sets.length === 1 ? 'set' : 'sets'}, ${countText(waiting)} waiting`;
  const head = [
    'SET'.padEnd(widths.set),
    'STATE'.padEnd(STATE),
    'FULLEST LIMIT'.padEnd(widths.limit),
    'TAKEN'.padEnd(METER + 6),
    'WAITING',
    'OLDEST'.padStart(7),
  ].join('  ');
  const sorted = [...sets].sort(byWaiting);
  const shown = sorted.slice(0, Math.max(1, rows - 3));
  const lines = shown.map((set) => line(set, widths, style));
  const more = sorted.length - shown.length;
  return [
    fitted(`${title}: ${summary}`, columns),
    style.strong(fitted(head, columns)),
    ...lines,
    ...(more > 0 ? [style.faint(`and ${countText(more)} more`)] : []),
  ].join('\n');
}

function byWaiting(one: SetOverview, other: SetOverview): number {
  return (
    (other.waiting ?? -1) - (one.waiting ?? -1) ||
    (other.fullest?.taken ?? 0) - (one.fullest?.taken ?? 0) ||
    (one.set < other.set ? -1 : 1)
  );
}

function line(
  { set, state, fullest, waiting, oldestWaitMs }: SetOverview,
  widths: { readonly set: number; readonly limit: number },
  style: Style,
): string {
  const taken = fullest?.taken ?? 0;
  return [
    fitted(set, widths.set).padEnd(widths.set),
    inToneOf(state, stateName(state).padEnd(STATE), style),
    fitted(fullest?.limit ?? '–', widths.limit).padEnd(widths.limit),
    `${colouredMeter({ used: taken }, METER, style)} ${percentText(fullest === null ? NaN : taken).padStart(5)}`,
    (waiting === null ? '–' : countText(waiting)).padStart(7),
    (oldestWaitMs === null ? '–' : durationText(oldestWaitMs / 1000)).padStart(7),
  ].join('  ');
}
