import { type SetOverview } from '../temporal/overview';
import { stateName } from '../temporal/set-state';
import { colouredMeter } from '../text/meter';
import { durationText } from '../../limiter/errors/duration-text';
import { countText, percentText } from '../text/numbers';
import { fitted, type Style } from '../text/style';
import { inToneOf } from './state-text';

const METER = 10;
/** Of all columns but those of names, in which the longest state fits. */
const [STATE, TAKEN, WAITING, OLDEST] = [12, METER + 6, 7, 11];
const GAPS = 5 * 2;
/** Of what is left for both names, the share of the set's. */
const SET_SHARE = 0.5;

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
  const names = Math.max(16, columns - STATE - TAKEN - WAITING - OLDEST - GAPS);
  const setWidth = Math.floor(names * SET_SHARE);
  const table = style.columns(
    ['SET', 'STATE', 'FULLEST', 'TAKEN', '>WAITING', '>OLDEST'],
    [setWidth, STATE, names - setWidth, TAKEN, WAITING, OLDEST],
  );
  const waiting = sets.reduce((sum, set) => sum + (set.waiting ?? 0), 0);
  const summary = `${countText(sets.length)} ${sets.length === 1 ? 'set' : 'sets'}, ${countText(waiting)} waiting`;
  const sorted = [...sets].sort(byWaiting);
  const shown = sorted.slice(0, Math.max(1, rows - 3));
  table.push(...shown.map((set) => cells(set, style)));
  const more = sorted.length - shown.length;
  return [
    fitted(`${title}: ${summary}`, columns),
    table.toString(),
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

function cells({ set, state, fullest, waiting, oldestWaitMs }: SetOverview, style: Style): string[] {
  const taken = fullest?.taken ?? 0;
  return [
    set,
    inToneOf(state, stateName(state), style),
    fullest?.limit ?? '–',
    `${colouredMeter({ used: taken }, METER, style)} ${percentText(fullest === null ? NaN : taken).padStart(5)}`,
    waiting === null ? '–' : countText(waiting),
    oldestWaitMs === null ? '–' : durationText(oldestWaitMs / 1000),
  ];
}
