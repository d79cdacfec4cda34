import { type CapacityChange, type Change, type LoggedChange } from '../../limiter/control/control';
import { type ChangeResult } from '../../client/admin/set-admin';
import { betweenText, countText, momentText } from '../text/numbers';
import { type Style } from '../text/style';

/** `900 input_tokens, 1 call_count`; a dash for nothing. */
export function amountsText(amounts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(amounts)
      .filter(([, amount]) => amount !== 0)
      .map(([key, amount]) => `${countText(amount)} ${key}`)
      .join(', ') || '–'
  );
}

/** `, until 2026-01-31 09:05:00 UTC (in 30 s)`; nothing for what does not end by itself. */
export function untilText({ until }: Pick<CapacityChange, 'until'>, now: number): string {
  return until === undefined ? '' : `, until ${momentText(until)} (in ${betweenText(now, until)})`;
}

/** `by anna@host: the provider has an incident`. */
export function whoText({ by, reason }: Pick<CapacityChange, 'by' | 'reason'>): string {
  return `by ${by}${reason === '' ? '' : ` (${reason})`}`;
}

/** One change, as the log has it. */
export function changeText(change: LoggedChange): string {
  const { revision, action, at, until, capacity, client } = change;
  const what = [
    action,
    ...(capacity === undefined
      ? []
      : [
          Object.entries(capacity)
            .map(([key, n]) => (action === 'reset' ? `${key} (was ${n})` : `${key}=${n}`))
            .join(' '),
        ]),
    ...(client === undefined ? [] : [client]),
  ].join(' ');
  const end = until === undefined ? '' : `, until ${momentText(until)}`;
  return `${revision}. ${momentText(at)} ${what} ${whoText(change)}${end}`;
}

/** What a change of a set came to, and how much each limit that it concerns has now. */
export function resultText({ set, before, after, capacities }: ChangeResult, style: Style): string {
  const lines = [`set ${style.strong(set)}, revision ${after.revision}: ${outcome(before, after)}`];
  lines.push(...replaced(before, after).map((text) => `this replaces ${text}`));
  const changed = Object.entries(capacities).filter(([, capacity]) => capacity.before !== capacity.after);
  if (changed.length > 0) {
    const table = style.table(['limit', '>before', '>now', 'until']);
    for (const [key, capacity] of changed) {
      const { until } = after.capacity[key] ?? {};
      const end = until === undefined ? '–' : momentText(until);
      table.push([key, countText(capacity.before), countText(capacity.after), end]);
    }
    lines.push(table.toString());
  }
  return `${lines.join('\n')}\n`;
}

/** What operators had changed before, and the latest change has put an end to. */
function replaced(before: ChangeResult['before'], after: ChangeResult['after']): readonly string[] {
  const last = after.revision === before.revision ? undefined : after.log.at(-1);
  const ended = (change: Change): string => {
    const end = change.until === undefined ? 'without an end' : `until ${momentText(change.until)}`;
    return `${whoText(change)}, ${end}`;
  };
  if (last?.action === 'pause') return before.pause === undefined ? [] : [`the pause ${ended(before.pause)}`];
  if (last?.action !== 'set') return [];
  return Object.keys(last.capacity ?? {}).flatMap((key) => {
    const change = Object.hasOwn(before.capacity, key) ? before.capacity[key] : undefined;
    return change === undefined ? [] : [`${key}=${change.capacity} ${ended(change)}`];
  });
}

function outcome(before: ChangeResult['before'], after: ChangeResult['after']): string {
  const last = after.revision === before.revision ? undefined : after.log.at(-1);
  switch (last?.action) {
    case undefined:
      return 'nothing has changed: there was nothing to end';
    case 'pause': {
      const end = last.until === undefined ? 'until `resume`' : `until ${momentText(last.until)}`;
      return `paused ${end}; calls in flight continue`;
    }
    case 'resume':
      return 'no longer paused';
    case 'forget':
      return `client ${last.client ?? ''} is forgotten; what it held is free for others`;
    case 'set':
    case 'reset': {
      const keys = Object.keys(last.capacity ?? {}).join(', ');
      if (last.action === 'set') return `changed the capacity of ${keys}`;
      return keys === '' ? 'no capacity had been changed' : `restored the capacity of ${keys} to the code's`;
    }
  }
}
