import { type Inventory } from '../temporal/inventory';
import { stateName } from '../temporal/set-state';
import { durationText } from '../../limiter/errors/duration-text';
import { betweenText } from '../text/numbers';
import { PLAIN, type Style } from '../text/style';

/** Limiters and batches, a table of each; a line where there are none. */
export function inventoryText({ limiters, batches }: Inventory, now: number, style: Style = PLAIN): string {
  const age = (startedAt: string): string => betweenText(Date.parse(startedAt), now);
  const sets = style.table(['limiter of set', 'state', '>run age', '>clients', '>waiting', '>oldest', 'task queue']);
  for (const { set, state, runStartedAt, clients, waiting, oldestWaitMs, taskQueue } of limiters) {
    const oldest = oldestWaitMs === null ? '–' : durationText(oldestWaitMs / 1000);
    sets.push([set, stateName(state), age(runStartedAt), clients ?? '–', waiting ?? '–', oldest, taskQueue]);
  }
  const open = style.table(['batch', 'state', '>run age', '>open workflows']);
  for (const { id, state, runStartedAt, workflows } of batches) open.push([id, state, age(runStartedAt), workflows]);
  const parts = [
    limiters.length === 0 ? 'no limiters' : sets.toString(),
    batches.length === 0 ? 'no open batches' : open.toString(),
  ];
  return `${parts.join('\n')}\n`;
}
