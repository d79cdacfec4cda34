import { type CapacityChange, type OperatorPause } from '../../limiter/control/control';
import { type Inspection } from '../../limiter/control/inspection';
import { shellWord } from '../../limiter/control/shell-word';
import { isTooBigByOperator, needsSomebody, type Why, whyOf } from '../../limiter/control/why';
import { suspensionText } from '../report/provider-text';
import { betweenText, countText, numberOf } from '../text/numbers';
import { amountsText, untilText, whoText } from './control-text';
import { type CheckName, type Finding } from './finding';

/** A longer wait is worth reporting. Unit: milliseconds. */
const LONG_WAIT_MS = 60_000;

/** What a check of one set says of it, if anything. */
type Look = (inspection: Inspection) => Omit<Finding, 'check' | 'set'>[];

/** The checks of a set whose limiter answers, each with what it says if there is nothing to say. */
const CHECKS: readonly { readonly check: CheckName; readonly quiet: string; readonly look: Look }[] = [
  { check: 'waiting', quiet: 'every waiting request will be served', look: waits },
  {
    check: 'providers',
    quiet: 'every provider accepts calls, as far as is known',
    look: ({ provider, at, control }) => {
      const text = suspensionText(provider, at);
      if (text === undefined || control.pause !== undefined) return [];
      if (provider?.state !== 'CIRCUIT') return [{ status: 'notice', message: `its provider: ${text}` }];
      const advice = 'check the key, the quota and the address of the account';
      return [{ status: 'wrong', message: `its provider does not serve the account: ${text}`, advice }];
    },
  },
  {
    check: 'refusals',
    quiet: 'no provider has refused a request in the last hour',
    look: ({ history }) => {
      const throttled = history.reduce((sum, minute) => sum + minute.throttled, 0);
      const message = `its provider has refused ${numberOf(throttled, 'request')} in the last hour`;
      const advice = 'define no more than the provider allows, and look for others who use the account';
      return throttled === 0 ? [] : [{ status: 'notice', message, advice }];
    },
  },
  {
    check: 'guards',
    quiet: 'no guard has widened',
    look: ({ provider }) => {
      if (provider?.guardMs === undefined) return [];
      const message = `its guard has widened to ${countText(provider.guardMs)} ms after unexplained refusals`;
      const advice = `set guardMs to ${Math.ceil(provider.guardMs)} in the code, or look for others who use the account`;
      return [{ status: 'notice', message, advice }];
    },
  },
  {
    check: 'drift',
    quiet: 'no provider reports limits that differ from the code',
    look: ({ provider }) =>
      Object.entries(provider?.drift ?? {}).map(([key, { defined, reported }]) => ({
        status: 'notice',
        message: `its provider reports ${countText(reported)} ${key}, the code defines ${countText(defined)}`,
        advice: 'change the code, or let the limit `follow` its provider',
      })),
  },
  {
    check: 'others',
    quiet: 'no provider reports that others use an account',
    look: ({ provider }) => {
      const used = provider?.usedByOthers ?? {};
      return Object.keys(used).length === 0
        ? []
        : [{ status: 'notice', message: `others have used its account: ${amountsText(used)}` }];
    },
  },
  {
    check: 'operators',
    quiet: 'no operator has changed anything',
    look: ({ control: { pause, capacity }, at, limits, set, waiting }) => [
      ...(pause === undefined ? [] : [pauseFinding(pause, set, waiting, at)]),
      ...Object.entries<CapacityChange>(capacity).map(([key, change]) => {
        const has = limits.some((limit) => limit.key === key);
        const message = `the capacity of ${key} is set to ${countText(change.capacity)} ${whoText(change)}${untilText(change, at)}`;
        if (has) return { status: 'notice' as const, message };
        const advice = `\`temporal-limits reset ${shellWord(set)} ${shellWord(key)}\``;
        return { status: 'notice' as const, message: `${message}, but the set has no such limit`, advice };
      }),
    ],
  },
  {
    check: 'clients',
    quiet: 'no limiter is full',
    look: ({ turnedAway }) => {
      const message = `its limiter is full and turns away about ${numberOf(turnedAway, 'client')}`;
      const advice = 'use fewer processes, or more sets';
      return turnedAway === 0 ? [] : [{ status: 'wrong', message, advice }];
    },
  },
];

/** What an operator should know of a set whose limiter answers. */
export function findingsOf(inspection: Inspection): Finding[] {
  const { set } = inspection;
  return CHECKS.flatMap(({ check, look }) => look(inspection).map((found) => ({ check, set, ...found })));
}

/** What an operator should know of a set whose limiter did not answer; nothing if it has just completed. */
export function silenceOf({ set, cause, summary, advice }: Why): Finding[] {
  if (cause === 'NOT_STARTED') return [];
  const message = `its limiter does not answer: ${cause}: ${summary}`;
  return [{ check: 'limiters', status: 'wrong', set, message, ...(advice !== undefined && { advice }) }];
}

/** The same of as many more of them. */
export function silenceOfMore(count: number): Finding[] {
  if (count === 0) return [];
  const message = `${numberOf(count, 'more limiter does', 'more limiters do')} not answer`;
  return [{ check: 'limiters', status: 'wrong', message, advice: '`temporal-limits ls` lists them' }];
}

/** What is to be said of the sets, check by check: one line where there is nothing. */
export function checked(inspections: readonly Inspection[]): Finding[] {
  const found = inspections.flatMap(findingsOf);
  return CHECKS.flatMap(({ check, quiet }): Finding[] => {
    const own = found.filter((finding) => finding.check === check);
    return own.length > 0 ? own : [{ check, status: 'ok', message: quiet }];
  });
}

/** The worst first, then by name. */
export function byUrgency(findings: readonly Finding[]): Finding[] {
  const rank = ({ status, set = '' }: Finding): string => `${status === 'wrong' ? 0 : 1}${set}`;
  return findings.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** An operator's pause is intended, so it is no fault, even if it has no end and requests wait. */
function pauseFinding(pause: OperatorPause, set: string, waiting: number, at: number): ReturnType<Look>[number] {
  const message = `paused ${whoText(pause)}${untilText(pause, at)}`;
  if (waiting === 0) return { status: 'notice', message };
  return {
    status: 'notice',
    message: `${message}; ${countText(waiting)} waiting`,
    advice: `\`temporal-limits resume ${shellWord(set)}\` ends the pause`,
  };
}

/** That some wait for what does not come by itself, or have waited for long. */
function waits(inspection: Inspection): ReturnType<Look> {
  const { waiting, waitingSince = inspection.at, at, limits } = inspection;
  const why = whyOf(inspection);
  const { cause, summary, advice, needs } = why;
  // what an operator has set is intended, as a pause is
  const isIntended = limits.some(
    (limit) => limit.key === why.limit && isTooBigByOperator(limit, needs?.[limit.key] ?? 0),
  );
  const isStuck = needsSomebody(why) && !isIntended;
  // of these the other checks tell
  const isTold = cause === 'CIRCUIT' || cause === 'FULL' || cause === 'PAUSED';
  if (waiting === 0 || isTold) return [];
  if (!isStuck && at - waitingSince < LONG_WAIT_MS) return [];
  const message = `${numberOf(waiting, 'waits', 'wait')}, the oldest for ${betweenText(waitingSince, at)}: ${cause}: ${summary}`;
  return [{ status: isStuck ? 'wrong' : 'notice', message, ...(advice !== undefined && { advice }) }];
}
