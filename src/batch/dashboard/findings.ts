import type { Inspection } from '../../limiter/control/inspection';
import type { Finding } from './views';

/** A wait of more than this is worth a look. Unit: milliseconds. */
const LONG_WAIT_MS = 60_000;

/** What somebody should know of a set. */
export function findingsOf(inspection: Inspection): Finding[] {
  const { set } = inspection;
  const found = [...stops(inspection), ...waits(inspection), ...providerSays(inspection), ...changes(inspection)];
  return found.map((finding) => ({ set, ...finding }));
}

/** A set whose limiter did not answer. */
export function unansweredFinding(set: string): Finding {
  return {
    set,
    severity: 'bad',
    title: 'The limiter does not answer',
    detail: 'Who has no capacity yet is not served. The page of the set says why.',
  };
}

/** The worst first, then by name. */
export function byUrgency(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity, set }: Finding): string => `${severity === 'bad' ? 0 : 1}${set}`;
  return findings.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

type SetFinding = Omit<Finding, 'set'>;

function stops({ control: { pause }, provider, turnedAway }: Inspection): SetFinding[] {
  const found: SetFinding[] = [];
  if (pause !== undefined) {
    const end = pause.until === undefined ? ' It does not end by itself.' : '';
    found.push({ severity: 'notice', title: `Paused by ${pause.by}`, detail: `${reason(pause.reason)}${end}`.trim() });
  }
  if (provider?.state === 'CIRCUIT') {
    const detail = `Cause: ${provider.cause ?? 'unknown'}. One request at a time tries whether it does again.`;
    found.push({ severity: 'bad', title: 'The provider does not serve the account', detail });
  }
  if (provider?.state === 'PAUSED' && provider.cause !== 'operator') {
    const detail = `Cause: ${provider.cause ?? 'unknown'}. The set goes on by itself.`;
    found.push({ severity: 'notice', title: 'The provider has asked for a pause', detail });
  }
  if (turnedAway > 0) {
    const detail = `About ${turnedAway} clients were turned away and ask again. Use fewer processes, or split the set.`;
    found.push({ severity: 'bad', title: 'The limiter has no room for more clients', detail });
  }
  return found;
}

function waits({ at, waiting, waitingSince, next, limits }: Inspection): SetFinding[] {
  if (waitingSince === undefined || at - waitingSince < LONG_WAIT_MS) return [];
  const capacities = new Map(limits.map(({ key, capacity }) => [key, capacity]));
  const tooBig = Object.entries(next?.amounts ?? {}).find(
    ([key, amount]) => amount > (capacities.get(key) ?? Infinity),
  );
  if (tooBig !== undefined) {
    const [key, amount] = tooBig;
    const detail = `The next asks for ${number(amount)} of ${key}, whose capacity is ${number(capacities.get(key) ?? 0)} now.`;
    return [{ severity: 'bad', title: 'A request is larger than its limit', detail }];
  }
  const detail = `${number(waiting)} wait, the oldest for ${number(Math.floor((at - waitingSince) / 1000))} s.`;
  return [{ severity: 'notice', title: 'Acquisitions have waited for more than a minute', detail }];
}

function providerSays({ provider, history }: Inspection): SetFinding[] {
  const found: SetFinding[] = [];
  const throttled = history.reduce((sum, minute) => sum + minute.throttled, 0);
  if (throttled > 0) {
    const detail = 'The definition allows more than the provider does, or somebody else uses the account.';
    found.push({ severity: 'notice', title: `The provider refused ${throttled} requests in the last hour`, detail });
  }
  for (const [key, { defined, reported }] of Object.entries(provider?.drift ?? {})) {
    const detail = `The provider says ${number(reported)}, the definition says ${number(defined)}.`;
    found.push({ severity: 'notice', title: `The provider names another size of ${key}`, detail });
  }
  for (const [key, units] of Object.entries(provider?.usedByOthers ?? {})) {
    const detail = `${number(units)} units were charged, because others used them.`;
    found.push({ severity: 'notice', title: `Others use ${key} of this account`, detail });
  }
  if (provider?.guardMs !== undefined) {
    const detail = `Set guardMs to ${Math.ceil(provider.guardMs)} to start with it.`;
    found.push({ severity: 'notice', title: 'The guard has widened because of refusals', detail });
  }
  return found;
}

function changes({ control: { capacity }, limits }: Inspection): SetFinding[] {
  return Object.entries(capacity).flatMap(([key, change]): SetFinding[] => {
    const who = `Set to ${number(change.capacity)} by ${change.by}. ${reason(change.reason)}`.trim();
    if (!limits.some((limit) => limit.key === key)) {
      return [{ severity: 'notice', title: `A changed capacity of ${key} has no effect: no such limit`, detail: who }];
    }
    if (change.until !== undefined) return [];
    return [{ severity: 'notice', title: `The capacity of ${key} was changed for good`, detail: who }];
  });
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function reason(text: string): string {
  return text === '' ? 'No reason was given.' : `Reason: ${text}.`;
}
