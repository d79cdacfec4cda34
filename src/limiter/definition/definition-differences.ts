import { DefinitionConflictError, type DefinitionDifference } from '../errors/definition-errors';
import { sameDefinition, type LimitDefinition, type SetDefinition } from './definition';

/** The conflict between a definition and the one that a limiter runs; none if one of them is newer, or they are the same. */
export function definitionConflict(
  name: string,
  mine: SetDefinition,
  running: SetDefinition,
): DefinitionConflictError | undefined {
  if (mine.version !== running.version || sameDefinition(mine, running)) return undefined;
  return new DefinitionConflictError(name, definitionDifferences(mine, running));
}

/** In which options of which limits two definitions differ; an option of all limits names none. */
export function definitionDifferences(mine: SetDefinition, running: SetDefinition): DefinitionDifference[] {
  const keys = new Set([...mine.limits, ...running.limits].map(({ key }) => key));
  const ofLimits = [...keys].flatMap((key) => {
    const [here, there] = [find(mine.limits, key), find(running.limits, key)];
    if (here === undefined || there === undefined) return [{ limit: key, option: 'limit', ...sides(here, there) }];
    return compare(here, there).map((difference) => ({ limit: key, ...difference }));
  });
  const order = (definition: SetDefinition): string => definition.limits.map(({ key }) => key).join(', ');
  const all = [...ofLimits, ...compare(mine.timing, running.timing)];
  if (all.length > 0 || order(mine) === order(running)) return all;
  return [{ option: 'order of the limits', mine: order(mine), running: order(running) }];
}

function find(limits: readonly LimitDefinition[], key: string): LimitDefinition | undefined {
  return limits.find((limit) => limit.key === key);
}

function sides(here: unknown, there: unknown): { mine: string; running: string } {
  return { mine: here === undefined ? 'absent' : 'present', running: there === undefined ? 'absent' : 'present' };
}

function compare(mine: object, running: object): DefinitionDifference[] {
  const values = [new Map(Object.entries(mine)), new Map(Object.entries(running))] as const;
  const options = new Set([...values[0].keys(), ...values[1].keys()]);
  return [...options].flatMap((option) => {
    const [here, there] = values.map((each) => shown(option, each.get(option)));
    if (here === undefined || there === undefined || here === there) return [];
    return [{ option: IN_SECONDS[option] ?? option, mine: here, running: there }];
  });
}

/** Options that are written in seconds, by what they are here. */
const IN_SECONDS: Readonly<Record<string, string>> = { windowMs: 'windowSeconds', maxPauseMs: 'maxPauseSeconds' };

/** As the option was written. */
function shown(option: string, value: unknown): string {
  if (IN_SECONDS[option] !== undefined && typeof value === 'number') return String(value / 1000);
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
