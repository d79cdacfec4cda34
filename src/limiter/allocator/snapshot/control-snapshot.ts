import { isAmount, isCount } from '../../checks/numbers-check';
import type { CapacityChange, Control } from '../../control/control';
import type { MinuteRecord } from '../../control/inspection';

/** Whether a snapshot's part is what operators have changed; nothing is, too. */
export function isControlSnapshot(value: unknown): boolean {
  if (value === undefined) return true;
  const { revision, pause, capacity, log } = fieldsOf<Control>(value);
  const isSet = (change: unknown): boolean => isChange(change) && isAmount(fieldsOf<CapacityChange>(change).capacity);
  return (
    isCount(revision) &&
    (pause === undefined || isChange(pause)) &&
    isRecord(capacity, isSet) &&
    Array.isArray(log) &&
    log.every(isChange)
  );
}

/** Whether a snapshot's part is the last hour; nothing is, too. */
export function isHistorySnapshot(value: unknown): boolean {
  if (value === undefined) return true;
  const isMinute = (minute: unknown): boolean => {
    const { at, used, waiting, longestWaitMs, throttled } = fieldsOf<MinuteRecord>(minute);
    return [at, waiting, longestWaitMs, throttled].every(isAmount) && isRecord(used, isAmount);
  };
  return Array.isArray(value) && value.every(isMinute);
}

function isChange(value: unknown): boolean {
  const { by, reason, at, until = 0 } = fieldsOf<CapacityChange>(value);
  return typeof by === 'string' && typeof reason === 'string' && isAmount(at) && isAmount(until);
}

function isRecord(value: unknown, isGood: (field: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isGood);
}

function fieldsOf<T>(value: unknown): Partial<Record<keyof T, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
