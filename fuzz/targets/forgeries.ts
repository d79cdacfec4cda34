import fc from 'fast-check';
import { givesBack, type LimitDefinition } from '../../src/limiter/definition/definition';
import { adaptiveRange } from '../../simulator/invariants/adaptive-range';
import { boundedState } from '../../simulator/invariants/bounded-state';
import { conservation } from '../../simulator/invariants/conservation';
import { fencing } from '../../simulator/invariants/fencing';
import { guards } from '../../simulator/invariants/guards';
import { order } from '../../simulator/invariants/order';
import { permitCapacity } from '../../simulator/invariants/permit-capacity';
import { permitCaps } from '../../simulator/invariants/permit-caps';
import { suspensions } from '../../simulator/invariants/suspensions';
import { windowCapacity } from '../../simulator/invariants/window-capacity';
import type { Scenario } from '../../simulator/scenario/scenario';
import { answers } from '../forgeries/answers';
import { countersGrow } from '../forgeries/counters-grow';
import { HISTORY_MS, playForged, type Forged, type ForgedHistory } from '../forgeries/forged-history';
import { notBeyondCapacity } from '../forgeries/not-beyond-capacity';
import { target, type Target } from '../target';

/** What stands in a limiter's books is sound, whatever it receives. */
const BOOKS = [conservation, countersGrow, notBeyondCapacity, answers, boundedState];
/** What arrives at providers is so, too. */
const PROVIDERS = [windowCapacity, permitCapacity, permitCaps, fencing, order];
/** Whatever is said of a provider, what follows stays within its bounds. */
const FEEDBACK = [adaptiveRange, guards, suspensions];

/** A history takes so much longer than a message. */
const PLAYED = 5;

const history = (...ways: readonly Forged['how'][]): fc.Arbitrary<Pick<ForgedHistory, 'seed' | 'forged'>> =>
  fc.record({
    seed: fc.nat(),
    forged: fc.array(
      fc.record({ how: fc.constantFrom(...ways), at: fc.integer({ min: 50, max: HISTORY_MS }), seed: fc.nat() }),
      { minLength: 5, maxLength: 40 },
    ),
  });

/** Syncs in another client's name, or in one's own and untrue, among those of honest clients. */
export const forgeries: readonly Target[] = [
  target(
    'replayed syncs',
    history('replay', 'oldNumber'),
    (played) => playForged({ ...played, invariants: [...BOOKS, ...PROVIDERS] }),
    PLAYED,
  ),
  target(
    'totals of before',
    history('formerTotals'),
    (played) => playForged({ ...played, invariants: [...BOOKS, windowCapacity], change: givingNothingBack }),
    PLAYED,
  ),
  target(
    'forged syncs',
    history('formerTotals', 'untruth', 'nonsense'),
    (played) => playForged({ ...played, invariants: [...BOOKS, adaptiveRange, guards] }),
    PLAYED,
  ),
  target(
    'feedback of nothing',
    history('gossip'),
    (played) => playForged({ ...played, invariants: [...BOOKS, ...PROVIDERS, ...FEEDBACK] }),
    PLAYED,
  ),
];

/** A client whose name is used is not heard itself: nothing says in order when what it gives back was started. */
function givingNothingBack({ sets }: Scenario): Partial<Scenario> {
  const counted = (limit: LimitDefinition): LimitDefinition =>
    limit.kind !== 'resource' && givesBack(limit) ? { ...limit, algorithm: 'SlidingWindow' } : limit;
  return { sets: sets.map((set) => ({ ...set, limits: set.limits.map(counted) })) };
}
