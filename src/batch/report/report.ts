import { countText, percentText } from '../text/numbers';
import { PLAIN, type Style } from '../text/style';
import { type QuotaUse } from './progress-snapshot';

/** What one set did in a whole run. */
interface SetReport {
  readonly name: string;
  /** Items that it finished. */
  readonly items: number;
  /** The share of each quota that was used over the run. */
  readonly quotas: readonly QuotaUse[];
  /** What its provider answered instead of serving, if it did. */
  readonly faults?: string | undefined;
  /** Why its provider served no request at the end, if so. */
  readonly suspension?: string | undefined;
}

/** What a whole run came to. */
export interface BatchReport {
  readonly items: number;
  readonly failed: number;
  readonly seconds: number;
  /** The least possible, from `idealSeconds`. */
  readonly idealSeconds: number;
  /** Answers of 429 that any attempt got. */
  readonly refusals: number;
  /** Attempts beyond the first of each item. */
  readonly retries: number;
  /** Acquisitions that were granted. */
  readonly acquisitions: number;
  /** History events of everything that the limits needed for them; 0 if unknown. */
  readonly historyEvents: number;
  /** History events of the batch's own workflows; 0 if unknown. */
  readonly batchEvents: number;
  /** About how many actions a hosted service bills for these events; 0 if unknown. */
  readonly actions: number;
  readonly sets: readonly SetReport[];
}

/** The most columns of the widest table, and what each column of it may take. */
const WIDTHS = { account: 20, items: 9, used: 37, provider: 29 };

/**
 * What a run came to: a line for each account, and what they came to together. At most 100 columns.
 *
 * @param total What the last line sums up: all of the batch, or this run, if others did items before it.
 */
export function reportText(report: BatchReport, style: Style = PLAIN, total: 'all' | 'this run' = 'all'): string {
  const { sets, items } = report;
  const isFaultless = sets.every(({ faults, suspension }) => (faults ?? suspension) === undefined);
  const used = isFaultless ? WIDTHS.used + WIDTHS.provider + 1 : WIDTHS.used;
  const table = style.table(
    ['account', '>items', 'used of its limits', ...(isFaultless ? [] : ['provider'])],
    [WIDTHS.account, WIDTHS.items, used, ...(isFaultless ? [] : [WIDTHS.provider])],
  );
  for (const { name, items: own, quotas, faults, suspension } of sets) {
    const uses = quotas.map(({ key, share }) => `${key} ${percentText(share, 1)}`).join(', ');
    const wrong = [faults, suspension].filter((text) => text !== undefined).join('; ') || 'served';
    const account = { content: name, wrapOnWordBoundary: false };
    table.push([account, countText(own), uses || '–', ...(isFaultless ? [] : [wrong])]);
  }
  const sums = totals(report).join('\n');
  table.push([style.strong(total), countText(items), { content: sums, colSpan: isFaultless ? 1 : 2 }]);
  return `${table.toString()}\n`;
}

/** Of a hosted service's first tier, and when that was looked up. */
const LIST_PRICE = { dollars: 50, actions: 1_000_000, month: '2026-11' };

function totals(report: BatchReport): string[] {
  const { items, failed, seconds, idealSeconds, refusals, retries, acquisitions, actions } = report;
  const { historyEvents, batchEvents } = report;
  // of an ideal that rounds to 0, no share says anything
  const share =
    idealSeconds < 0.05 ? '' : `, ${percentText(seconds > 0 ? idealSeconds / seconds : NaN, 1)} of the speed`;
  return [
    `${secondsText(seconds)} s; ideal ${secondsText(idealSeconds)} s${share}`,
    `${countText(failed)} failed, ${countText(retries)} retries, ${countText(refusals)} refused (429)`,
    `history events: ${perEach(historyEvents, acquisitions)} an acquisition, for the limits`,
    `                ${perEach(batchEvents, items)} an item, for the batch`,
    `                ${historyEvents > 0 ? countText(historyEvents + batchEvents) : '–'} in all`,
    ...(actions > 0 ? [`hosted: about ${countText(Math.round(actions))} actions, ${priceText(actions)}`] : []),
  ];
}

function priceText(actions: number): string {
  const dollars = (actions * LIST_PRICE.dollars) / LIST_PRICE.actions;
  const text = dollars < 0.01 ? 'under $0.01' : `$${countText(Number(dollars.toFixed(2)))}`;
  return `${text} at list price (${LIST_PRICE.month})`;
}

function perEach(events: number, count: number): string {
  return events > 0 && count > 0 ? (events / count).toFixed(1) : '–';
}

function secondsText(seconds: number): string {
  return Number.isFinite(seconds) ? seconds.toFixed(1) : '–';
}
