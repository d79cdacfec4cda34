import { AcquireTimeoutError } from '../../limiter/errors/waiting-errors';
import { AbortWatch } from '../gate/abort-watch';
import { waitOptions, type AcquireOptions, type TryAcquireOptions } from '../set/acquire-options';
import type { Timer, Availability } from '../ports';

/** What it takes to tell whether an acquisition was granted and where, and to give it back. */
interface Tried {
  readonly successful: boolean;
  placeAt(index: number): void;
  tellUnused(): void;
  release(): Promise<void>;
}

/** A limit set that is looked at for room, among others. */
export interface Candidate<Slot> {
  readonly clock: Timer;
  outlook(requested: TryAcquireOptions['requested']): Availability;
  ask(options: AcquireOptions): Promise<Slot>;
  lineUp(options: AcquireOptions, onTaken?: () => void): Promise<Slot>;
}

/**
 * Acquires at the chosen place, or at the next of the others that has room: its limiter is asked, unless it is known here that
 * the request would have to wait. If all would make it wait, it waits at all of them, and takes from the first that
 * serves it.
 *
 * @param others In the order of preference. Looked at only if the chosen one would, or might, wait.
 */
export async function acquireInTurn<Slot extends Tried>(
  sets: readonly Candidate<Slot>[],
  chosen: number,
  others: Iterable<number>,
  options: AcquireOptions,
): Promise<Slot> {
  const set = sets[chosen];
  if (set === undefined) throw new RangeError(`No limit set ${chosen}: the pool has ${sets.length}`);
  if (outlookAt(set, options) === 'served') return placed(await set.lineUp(options), chosen);
  const places = [chosen, ...others];
  if (places.length === 1) return placed(await set.lineUp(options), chosen);
  const { timeoutMs } = waitOptions(options);
  const since = set.clock.now();
  const left = (): AcquireOptions =>
    timeoutMs === undefined ? options : { ...options, timeout: Math.max(0, timeoutMs - (set.clock.now() - since)) };
  try {
    return (await askInTurn(sets, places, left)) ?? (await lineUpEverywhere(sets, places, left()));
  } catch (error) {
    throw error instanceof AcquireTimeoutError && timeoutMs !== undefined ? error.within(timeoutMs) : error;
  }
}

/** The reason for which a request that has been served elsewhere leaves a queue. */
export const SERVED_ELSEWHERE = Symbol('served elsewhere');

/** One listener for each signal, however many of a pool's calls wait on it. */
const aborts = new AbortWatch<AbortController>((controllers, reason) => {
  for (const controller of controllers) controller.abort(reason);
});

/** Waits at several places at once, and leaves all others in the moment in which one serves it. */
async function lineUpEverywhere<Slot extends Tried>(
  sets: readonly Candidate<Slot>[],
  places: readonly number[],
  options: AcquireOptions,
): Promise<Slot> {
  const { signal } = options;
  const controller = new AbortController();
  if (signal?.aborted === true) controller.abort(signal.reason);
  else if (signal !== undefined) aborts.add(signal, controller);
  const leaveOthers = (): void => controller.abort(SERVED_ELSEWHERE);
  const attempts = places.flatMap((place) => {
    const set = sets[place];
    if (set === undefined) return [];
    return [set.lineUp({ ...options, signal: controller.signal }, leaveOthers).then((slot) => placed(slot, place))];
  });
  try {
    const served = await Promise.any(attempts);
    leaveOthers();
    for (const attempt of attempts)
      attempt.then((slot) => (slot === served ? undefined : giveBack(slot))).catch(ignore);
    return served;
  } catch (failure) {
    throw failure instanceof AggregateError ? whyNowhere(failure.errors) : failure;
  } finally {
    if (signal !== undefined) aborts.delete(signal, controller);
  }
}

const ignore = (): void => undefined;

/** Where limits do not count, as while no limiter can be asked, two sets may let it through in the same moment. */
async function giveBack(slot: Tried): Promise<void> {
  slot.tellUnused();
  await slot.release();
}

/** Of several timeouts, that of the place where it would have been served first; else what the first choice says. */
function whyNowhere(errors: readonly unknown[]): unknown {
  const timeouts = errors.filter((error) => error instanceof AcquireTimeoutError);
  const inMs = ({ expectedInMs = Infinity }: AcquireTimeoutError): number => expectedInMs;
  return timeouts.sort((a, b) => (inMs(a) < inMs(b) ? -1 : inMs(a) > inMs(b) ? 1 : 0))[0] ?? errors[0];
}

/** The first of some places that has room, of those where one would not have to wait by what is known here. */
export async function askInTurn<Slot extends Tried>(
  sets: readonly Candidate<Slot>[],
  places: Iterable<number>,
  options: () => AcquireOptions,
): Promise<Slot | undefined> {
  for (const place of places) {
    const candidate = sets[place];
    if (candidate === undefined || outlookAt(candidate, options()) === 'wait') continue;
    const slot = await candidate.ask(options());
    if (slot.successful) return placed(slot, place);
  }
  return undefined;
}

function placed<Slot extends Tried>(slot: Slot, place: number): Slot {
  slot.placeAt(place);
  return slot;
}

/** Of one that would refuse it as invalid nothing can be hoped for. */
function outlookAt(set: Candidate<unknown>, options: TryAcquireOptions): Availability {
  try {
    return set.outlook(options.requested);
  } catch {
    return 'wait';
  }
}
