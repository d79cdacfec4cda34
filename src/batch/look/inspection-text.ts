import { type CapacityChange } from '../../limiter/control/control';
import {
  type InspectedClient,
  type InspectedLimit,
  type Inspection,
  type NextServed,
} from '../../limiter/control/inspection';
import { suspensionText } from '../report/provider-text';
import { stateName, stateOf } from '../temporal/set-state';
import { amountsText, changeText, untilText, whoText } from './control-text';
import { inToneOf } from './state-text';
import { colouredMeter } from '../text/meter';
import { betweenText, countText, numberOf, percentText } from '../text/numbers';
import { type Style } from '../text/style';

const METER = 10;
/** The latest changes that are shown. */
const MOST_CHANGES = 5;

/** Everything there is to see of a set, for a person. */
export function inspectionText(inspection: Inspection, style: Style): string {
  const parts = [
    headline(inspection, style),
    limitTable(inspection.limits, style),
    ...notes(inspection),
    ...clientTable(inspection, style),
    ...changes(inspection),
  ];
  return `${parts.join('\n')}\n`;
}

function headline(inspection: Inspection, style: Style): string {
  const { set, version, waiting, waitingSince, at } = inspection;
  const oldest = waitingSince === undefined ? '' : `, the oldest for ${betweenText(waitingSince, at)}`;
  const who = waiting === 0 ? 'no request waits' : `${numberOf(waiting, 'waits', 'wait')}${oldest}`;
  const state = stateOf(inspection);
  return `set ${style.strong(set)} (version ${version}): ${inToneOf(state, stateName(state), style)}; ${who}`;
}

function limitTable(limits: readonly InspectedLimit[], style: Style): string {
  const table = style.table(['limit', '>capacity', 'from', 'used', '>granted', '>free', '>wanted']);
  for (const limit of limits) {
    const { key, capacity, defined, source, started, granted, free, wanted, windowMs } = limit;
    const amount =
      windowMs === undefined
        ? numberOf(capacity, 'permit')
        : `${countText(capacity)} per ${countText(windowMs / 1_000)} s`;
    const from = source === 'code' ? source : `${source} (code: ${countText(defined)})`;
    const used = capacity > 0 ? started / capacity : 1;
    const bar = colouredMeter({ used, reserved: capacity > 0 ? granted / capacity : 0 }, METER, style);
    const numbers = [granted, free, wanted].map(countText);
    table.push([key, amount, from, `${bar} ${percentText(used)}`, ...numbers]);
  }
  return table.toString();
}

/** What is worth knowing besides, a line each. */
function notes(inspection: Inspection): string[] {
  const { at, next, turnedAway, control } = inspection;
  const found: string[] = [];
  if (next !== undefined) {
    const binding = next.bindingLimit === undefined ? '' : `, waits for ${next.bindingLimit}`;
    const waited = betweenText(next.waitingSince, at);
    found.push(
      `next: ${next.client} needs ${amountsText(next.amounts)}${binding}, has waited ${waited}${expectedText(inspection, next)}`,
    );
  }
  if (turnedAway > 0) found.push(`turned away: about ${numberOf(turnedAway, 'client')}, for which there is no room`);
  found.push(...providerNotes(inspection));
  if (control.pause !== undefined) found.push(`paused ${whoText(control.pause)}${untilText(control.pause, at)}`);
  for (const [key, change] of Object.entries<CapacityChange>(control.capacity)) {
    found.push(`${key} has ${countText(change.capacity)} ${whoText(change)}${untilText(change, at)}`);
  }
  return found;
}

/** When a request is expected to be served: not before an operator's pause ends. */
function expectedText({ at, control: { pause } }: Inspection, { expectedAt }: NextServed): string {
  if (pause !== undefined && pause.until === undefined) return ', expected after `resume`';
  if (expectedAt === undefined) return '';
  return `, expected in ${betweenText(at, Math.max(expectedAt, pause?.until ?? 0))}`;
}

function providerNotes({ provider, at, control }: Inspection): string[] {
  if (provider === undefined) return [];
  const { answered, throttled, failed, guardMs, drift = {}, usedByOthers = {} } = provider;
  const suspension = control.pause === undefined ? suspensionText(provider, at) : undefined;
  const counts = `${countText(answered)} answered, ${countText(throttled)} throttled, ${countText(failed)} failed`;
  return [
    `provider: ${suspension ?? 'serves'}; ${counts}`,
    ...(guardMs === undefined ? [] : [`the guard has widened to ${guardMs} ms after unexplained refusals`]),
    ...Object.entries(drift).map(
      ([key, { defined, reported }]) =>
        `${key}: the provider reports ${countText(reported)}, the code defines ${countText(defined)}`,
    ),
    ...Object.entries(usedByOthers).map(([key, units]) => `${key}: ${countText(units)} used by others in total`),
  ];
}

function clientTable({ clients, numClients, at }: Inspection, style: Style): string[] {
  if (clients.length === 0) return [];
  const table = style.table(['client', 'where', 'in use', '>waiting', '>oldest', '>heard', '>lease ends']);
  for (const client of clients) {
    const { id, inUse, waiting, waitingSince, heardAt, leaseEndsAt } = client;
    table.push([
      id,
      placeText(client),
      amountsText(inUse),
      waiting,
      waitingSince === undefined ? '–' : betweenText(waitingSince, at),
      `${betweenText(heardAt, at)} ago`,
      leaseEndsAt === undefined ? '–' : `in ${betweenText(at, leaseEndsAt)}`,
    ]);
  }
  const more = numClients - clients.length;
  return [table.toString(), ...(more > 0 ? [`${countText(clients.length)} of ${countText(numClients)} clients`] : [])];
}

function placeText({ where, run }: InspectedClient): string {
  return where ?? (run === undefined ? '–' : `workflow ${run.workflowId}`);
}

function changes({ control: { log } }: Inspection): string[] {
  if (log.length === 0) return [];
  return ['latest changes:', ...log.slice(-MOST_CHANGES).map((change) => `  ${changeText(change)}`)];
}
