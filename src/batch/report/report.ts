import Table from 'cli-table3';
import { percentText, type QuotaUse } from './progress';

/** What one set did in a whole run. */
interface SetReport {
  readonly name: string;
  /** Items that it finished. */
  readonly items: number;
  /** The share of each quota that was used over the run. */
  readonly quotas: readonly QuotaUse[];
  /** What its provider answered instead of serving, if it did. */
  readonly faults?: string | undefined;
  /** Why its provider served nobody at the end, if so. */
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
  /** Acquisitions that were granted, and the history events of everything that the limits needed for them. */
  readonly acquisitions: number;
  readonly historyEvents: number;
  /** History events of the batch's own workflows; 0 if nobody could tell. */
  readonly batchEvents: number;
  readonly sets: readonly SetReport[];
}

/** The final table, and one with a line for each set, as text without colours. */
export function reportText(report: BatchReport): string {
  return `${totals(report).toString()}\n${bySet(report).toString()}\n`;
}

const PLAIN = { style: { head: [], border: [] } };

function totals(report: BatchReport): Table.Table {
  const { items, failed, seconds, idealSeconds, refusals, retries, acquisitions, historyEvents, batchEvents } = report;
  const table = new Table({ ...PLAIN, colAligns: ['left', 'right'] });
  table.push(
    ['items', failed > 0 ? `${items} (${failed} failed)` : `${items}`],
    ['seconds', secondsText(seconds)],
    ['ideal seconds', secondsText(idealSeconds)],
    ['of the ideal', percentText(seconds > 0 ? idealSeconds / seconds : NaN, 1)],
    ['429s', refusals],
    ['retries', retries],
    ['history events per 1,000 acquisitions', perThousand(historyEvents, acquisitions)],
    ['history events of the batch per 1,000 items', perThousand(batchEvents, batchEvents > 0 ? items : 0)],
  );
  return table;
}

/** Sets need not have the same limits, so the columns are all keys that any of them has. */
function bySet({ sets }: BatchReport): Table.Table {
  const keys = [...new Set(sets.flatMap(({ quotas }) => quotas.map(({ key }) => key)))];
  const isFaultless = sets.every(({ faults, suspension }) => (faults ?? suspension) === undefined);
  const table = new Table({
    ...PLAIN,
    head: ['set', 'items', ...keys.map((key) => `${key} used`), ...(isFaultless ? [] : ['provider'])],
    colAligns: ['left', 'right', ...keys.map(() => 'right' as const), 'left'],
  });
  for (const { name, items, quotas, faults, suspension } of sets) {
    const share = new Map(quotas.map((quota) => [quota.key, quota.share]));
    const wrong = [faults, suspension].filter((text) => text !== undefined).join('; ') || 'served';
    const provider = isFaultless ? [] : [wrong];
    table.push([name, items, ...keys.map((key) => percentText(share.get(key) ?? NaN, 1)), ...provider]);
  }
  return table;
}

function perThousand(events: number, count: number): string {
  return count > 0 ? Math.round((events / count) * 1000).toLocaleString('en-US') : '–';
}

function secondsText(seconds: number): string {
  return Number.isFinite(seconds) ? seconds.toFixed(1) : '–';
}
