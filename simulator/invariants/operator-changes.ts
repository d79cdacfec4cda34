import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { UNCHANGED, type Control } from '../../src/limiter/control/control';
import { pacingOf } from '../../src/limiter/protocol/pacing';
import { EPOCH } from '../world/virtual-clock';
import { EPSILON, type Invariant } from './invariant';

/** A limiter that nothing keeps from it wakes in time. Unit: milliseconds. */
const LATE_MS = 2_000;
/** All clients have heard of a pause, where nothing keeps a message from them. Unit: milliseconds. */
const HEARD_MS = 1_500;
/** The books of the world may be off by a message under way. Unit: milliseconds. */
const UNDER_WAY_MS = 1_000;

/** So much reached the provider. */
interface Arrival {
  readonly at: number;
  readonly amount: number;
}

/** What an operator says holds, until it ends. */
export const operatorChanges: Invariant = {
  name: 'operator changes',
  promise:
    'nothing is granted while a set is paused, and nothing starts 1.5 s later; a lowered window is kept once what was granted before has run out; every change that was given an end ends then; and none is forgotten',
  watch({ fail, world, definition, scenario: { faults, runsPerMinute, transactionMs } }) {
    if (!faults.includes('operator')) return {};
    const now = (): number => EPOCH + Math.floor(world.now());
    let before: AllocatorSnapshot | undefined;
    const arrivals = new Map<string, Arrival[]>();
    const grantedMs = definition.timing.leaseMs + pacingOf(definition, 0).farthestMs + UNDER_WAY_MS;
    return {
      woke(read) {
        const state = read();
        const control = state.control ?? UNCHANGED;
        const last = before?.birth === state.birth ? before : undefined;
        before = state;
        for (const { until = Infinity } of changesOf(control))
          if (until <= now()) fail(`a change that was to end at ${until} is in force at ${now()}`);
        if (last === undefined) return;
        const earlier = last.control ?? UNCHANGED;
        if (control.revision < earlier.revision)
          fail(`revision ${earlier.revision} was forgotten: it is ${control.revision}`);
        const isSame = control.revision === earlier.revision;
        if (isSame && faults.length === 1) {
          const ended = changesOf(earlier).find(({ until = Infinity }) => until <= now() - LATE_MS);
          if (ended !== undefined) fail(`what was to end at ${ended.until ?? 0} ended only by ${now()}`);
        }
        if (isSame && control.pause !== undefined) {
          const granted = grantedWhilePaused(last, state);
          if (granted !== undefined) fail(`while paused, ${granted}`);
        }
      },
      acquired({ owner, signature }) {
        const { pause } = before?.control ?? UNCHANGED;
        // only by what is lost or slow does a client hear later
        const isPrompt = faults.length === 1 && runsPerMinute === 0 && transactionMs === 0;
        if (signature === '' || pause === undefined || !isPrompt || now() <= pause.at + HEARD_MS) return;
        fail(`${owner} starts ${now() - pause.at} ms after the set was paused`);
      },
      arrived(key, amount) {
        const limit = definition.limits.find((each) => each.key === key);
        const { capacity, at: since, until } = before?.control?.capacity[key] ?? {};
        // what a run was granted it may start at any time, and a newer definition may count otherwise
        const isCounted = runsPerMinute === 0 && before?.definition.version === definition.version;
        if (limit?.kind === 'resource' || limit === undefined || !isCounted) return;
        if (capacity === undefined || since === undefined || limit.algorithm !== 'SlidingWindow') {
          arrivals.delete(key);
          return;
        }
        if (now() < since + grantedMs || (until ?? Infinity) < now()) return;
        const list = (arrivals.get(key) ?? []).filter(
          ({ at }) => at > now() - limit.windowMs && at >= since + grantedMs,
        );
        list.push({ at: now(), amount });
        arrivals.set(key, list);
        const total = list.reduce((sum, arrival) => sum + arrival.amount, 0);
        if (total > capacity * (1 + 1e-9) + EPSILON)
          fail(`${key}: ${total} arrived in a window, though an operator has set ${capacity}`);
      },
    };
  },
};

function changesOf({ pause, capacity }: Control): readonly { readonly until?: number }[] {
  return [...Object.values(capacity), ...(pause === undefined ? [] : [pause])];
}

/** Which client has more units than before, if one has. Permits may move: no client may start anything with them. */
function grantedWhilePaused(before: AllocatorSnapshot, after: AllocatorSnapshot): string | undefined {
  for (const { id, units } of after.clients) {
    const known = before.clients.find((client) => client.id === id);
    if (known?.units.granted.length !== units.granted.length) continue;
    const { granted } = known.units;
    if (units.granted.some((total, i) => total > granted[i]! + EPSILON)) return `${id} was granted units`;
  }
  return undefined;
}
