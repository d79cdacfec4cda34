import { waitOptions, type AcquireOptions, type TryAcquireOptions } from '../set/acquire-options';
import type { Acquisition } from '../set/acquisition';
import type { Timer, Availability } from '../ports';

/** What it takes to tell whether an acquisition was granted. */
type Tried = Pick<Acquisition, 'successful'>;

/** A limit set that is looked at for room, among others. */
export interface Candidate<Slot> {
  readonly clock: Timer;
  outlook(requested: TryAcquireOptions['requested']): Availability;
  ask(options: AcquireOptions, place: number): Promise<Slot>;
  acquire(options: AcquireOptions, place: number): Promise<Slot>;
}

/**
 * Acquires at the chosen place, and, before it waits there, at the next of the others that has room: whoever keeps its
 * limits is asked, unless it is known here that one would have to wait.
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
  if (outlookAt(set, options) === 'served') return set.acquire(options, chosen);
  const places = [chosen, ...others];
  if (places.length === 1) return set.acquire(options, chosen);
  const { timeoutMs } = waitOptions(options);
  const since = set.clock.now();
  const left = (): AcquireOptions =>
    timeoutMs === undefined ? options : { ...options, timeout: Math.max(0, timeoutMs - (set.clock.now() - since)) };
  return (await askInTurn(sets, places, left)) ?? set.acquire(left(), chosen);
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
    const slot = await candidate.ask(options(), place);
    if (slot.successful) return slot;
  }
  return undefined;
}

/** Of one that would refuse it as invalid nothing can be hoped for. */
function outlookAt(set: Candidate<unknown>, options: TryAcquireOptions): Availability {
  try {
    return set.outlook(options.requested);
  } catch {
    return 'wait';
  }
}
