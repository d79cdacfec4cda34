import Table from 'cli-table3';
import { type Inventory } from '../temporal/inventory';
import { durationText } from './progress';

const PLAIN = { style: { head: [], border: [] } };

/** Limiters and batches, a table of each; a line where there are none. */
export function inventoryText({ limiters, batches }: Inventory, now: number): string {
  const age = (startedAt: string): string => durationText((now - Date.parse(startedAt)) / 1000);
  const sets = new Table({
    ...PLAIN,
    head: ['limiter of set', 'state', 'run age', 'clients', 'waiting', 'task queue'],
  });
  for (const { set, state, runStartedAt, clients, waiting, taskQueue } of limiters) {
    sets.push([set, state, age(runStartedAt), clients ?? '–', waiting ?? '–', taskQueue]);
  }
  const open = new Table({ ...PLAIN, head: ['batch', 'state', 'run age', 'open workflows'] });
  for (const { id, state, runStartedAt, workflows } of batches) open.push([id, state, age(runStartedAt), workflows]);
  const parts = [
    limiters.length === 0 ? 'no limiters' : sets.toString(),
    batches.length === 0 ? 'no open batches' : open.toString(),
  ];
  return `${parts.join('\n')}\n`;
}
