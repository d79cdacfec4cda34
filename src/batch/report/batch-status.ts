import type Table from 'cli-table3';
import { type BatchProgress } from '../../workflows/batch/batch-protocol';
import { type LimiterStats } from '../../workflows/limiter/protocol';
import { durationText } from '../../limiter/errors/duration-text';
import { percentText } from '../text/numbers';
import { PLAIN } from '../text/style';
import { suspensionText } from './provider-text';
import { sum } from './sum';

/** What is known of a batch at one moment. */
export interface BatchStatus {
  readonly id: string;
  /** The file that gets its results, where that is known. */
  readonly output: string | undefined;
  /** The process that runs it, where that is known and one does. */
  readonly pid: number | undefined;
  /** How far each partition is. None if no process runs it. */
  readonly progress: readonly BatchProgress[];
  /** What each set's limiter counts, as far as it answers. */
  readonly limiters: ReadonlyMap<string, LimiterStats>;
  /** Unit: milliseconds since the epoch. */
  readonly now: number;
}

/** A batch as a table, and one with a line for each set. */
export function statusText(status: BatchStatus): string {
  const { id, output, pid, progress, now } = status;
  const table = PLAIN.table([]);
  const isPaused = progress.some((part) => part.isPaused);
  const isRunning = progress.length > 0;
  table.push(['batch', id], ['state', isRunning ? (isPaused ? 'paused' : 'running') : NOT_RUNNING]);
  if (pid !== undefined) table.push(['process', pid]);
  if (output !== undefined) table.push(['output', output]);
  if (!isRunning) return `${table.toString()}\n`;
  const [done, failed, items] = (['done', 'failed', 'items'] as const).map((key) => sum(progress, (part) => part[key]));
  const begun = Math.min(...progress.map(({ startedAt }) => startedAt));
  table.push(
    ['items', `${done ?? 0} of ${items ?? 0} done, ${failed ?? 0} failed`],
    ['running for', durationText((now - begun) / 1000)],
    ['history events', sum(progress, ({ events }) => events)],
  );
  return `${table.toString()}\n${bySet(status).toString()}\n`;
}

const NOT_RUNNING = 'not running: run the command that started it to continue it';

function bySet({ progress, limiters, now }: BatchStatus): Table.Table {
  const names = [...new Set(progress.flatMap(({ underWay }) => Object.keys(underWay)))];
  const keys = [...new Set(names.flatMap((name) => Object.keys(limiters.get(name)?.limits ?? {})))];
  const suspensions = names.map((name) => suspensionText(limiters.get(name)?.provider, now));
  const isServed = suspensions.every((text) => text === undefined);
  const numbers = ['with workers', 'waiting', ...keys].map((head) => `>${head}`);
  const table = PLAIN.table(['set', ...numbers, ...(isServed ? [] : ['provider'])]);
  for (const [i, name] of names.entries()) {
    const limiter = limiters.get(name);
    const use = (key: string): string => percentText(Math.max(0, limiter?.limits[key]?.utilization ?? NaN));
    const underWay = sum(progress, (part) => part.underWay[name] ?? 0);
    const provider = isServed ? [] : [suspensions[i] ?? 'serves'];
    table.push([name, underWay, limiter?.waiting ?? '–', ...keys.map(use), ...provider]);
  }
  return table;
}
