import { type CapacityChange } from '../../limiter/control/control';
import { type Inspection } from '../../limiter/control/inspection';
import { suspensionText } from '../report/provider-text';
import { countText } from '../text/numbers';
import { untilText, whoText } from './control-text';

/** What a check came to. Plain JSON. */
export interface Finding {
  readonly check: CheckName;
  /** `notice`: worth knowing. `wrong`: somebody has to do something. */
  readonly status: 'ok' | 'notice' | 'wrong';
  readonly message: string;
  /** The set that it is about; left out if it is about none, or all. */
  readonly set?: string;
  /** What helps, if anything has to be done. */
  readonly advice?: string;
}

type CheckName =
  | 'server'
  | 'namespace'
  | 'hosts'
  | 'limiters'
  | 'waiting'
  | 'providers'
  | 'guards'
  | 'drift'
  | 'operators'
  | 'clients';

/** What a check of one set says of it, if anything. */
type Look = (inspection: Inspection) => Omit<Finding, 'check' | 'set'>[];

/** The checks of sets, each with what it says if there is nothing to say. */
const CHECKS: readonly { readonly check: CheckName; readonly quiet: string; readonly look: Look }[] = [
  {
    check: 'providers',
    quiet: 'every provider serves, as far as its answers were observed',
    look: ({ provider, at, control }) => {
      const text = suspensionText(provider, at);
      if (text === undefined || control.pause !== undefined) return [];
      return [{ status: provider?.state === 'CIRCUIT' ? 'wrong' : 'notice', message: `its provider is ${text}` }];
    },
  },
  {
    check: 'guards',
    quiet: 'no guard is widened',
    look: ({ provider }) =>
      provider?.guardMs === undefined
        ? []
        : [
            {
              status: 'notice',
              message: `its guard is ${provider.guardMs} ms, after refusals that nothing explains`,
              advice: 'compare the limits with those of the account, and look for others who use it',
            },
          ],
  },
  {
    check: 'drift',
    quiet: 'no provider names other limits than the code',
    look: ({ provider }) =>
      Object.entries(provider?.drift ?? {}).map(([key, { defined, reported }]) => ({
        status: 'notice',
        message: `its provider says ${countText(reported)} ${key}, the code ${countText(defined)}`,
        advice: 'change the code, or let the limit `follow` its provider',
      })),
  },
  {
    check: 'operators',
    quiet: 'no operator has changed anything',
    look: ({ control, at }) => [
      ...(control.pause === undefined
        ? []
        : [{ status: 'notice' as const, message: `paused ${whoText(control.pause)}${untilText(control.pause, at)}` }]),
      ...Object.entries<CapacityChange>(control.capacity).map(([key, change]) => ({
        status: 'notice' as const,
        message: `${key} is set to ${countText(change.capacity)} ${whoText(change)}${untilText(change, at)}`,
      })),
    ],
  },
  {
    check: 'clients',
    quiet: 'every client has room',
    look: ({ turnedAway }) =>
      turnedAway === 0
        ? []
        : [
            {
              status: 'wrong',
              message: `about ${countText(turnedAway)} clients are turned away: its limiter is full`,
              advice: 'use fewer processes, or more sets',
            },
          ],
  },
];

/** What is to be said of the sets, check by check: one line where there is nothing. */
export function findingsOf(inspections: readonly Inspection[]): Finding[] {
  return CHECKS.flatMap(({ check, quiet, look }): Finding[] => {
    const found = inspections.flatMap((inspection) =>
      look(inspection).map((finding) => ({ check, set: inspection.set, ...finding })),
    );
    return found.length > 0 ? found : [{ check, status: 'ok', message: quiet }];
  });
}
