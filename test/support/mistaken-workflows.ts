import {
  asCompleted,
  CallLimit,
  configureLimits,
  gather,
  LimitPool,
  LimitSet,
  RateLimit,
  ResourceLimit,
  TaskPool,
  wait,
} from '../../src/workflows/index';

export { runActivity } from './workflows';

/** What a workflow gets from input that nobody checked. */
const unchecked = (value: unknown): never => value as never;

const limitSet = (): LimitSet =>
  new LimitSet({ name: 'cards', limits: [new ResourceLimit({ key: 'cards', capacity: 4 })] });

const mistakes = {
  'a rate limit without units': () => new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 0 }),
  'a call limit without a window': () => new CallLimit(unchecked({ capacity: 1 })),
  'a resource limit without a key': () => new ResourceLimit({ key: '', capacity: 1 }),
  'a lease too short': () => configureLimits({ leaseMs: 1 }),
  'no options of a set': () => new LimitSet(unchecked(null)),
  'a set in memory': () => new LimitSet(unchecked({ name: 'cards', mode: 'memory', limits: [] })),
  'no options of an acquire': () => limitSet().acquire(unchecked(null)),
  'no options of a tryAcquire': () => limitSet().tryAcquire(unchecked(null)),
  'no options of a tryAcquireNow': () => limitSet().tryAcquireNow(unchecked(null)),
  'no body of a use': () => limitSet().use({}, unchecked(null)),
  'no options of a pool': () => new LimitPool(unchecked(null)),
  'no set of a pool': () => new LimitPool({ limitSets: [] }),
  'no body of a pool': () => new LimitPool({ limitSets: [limitSet()] }).use({}, unchecked(null)),
  'no options of activities': () => new LimitPool({ limitSets: [limitSet()] }).proxyActivities(unchecked(null)),
  'no options of a task pool': () => new TaskPool(unchecked(null)),
  'no activity of a task': () => new TaskPool({ queues: ['q'] }).submit(unchecked(null), unchecked([])),
  'no options of a task': () => new TaskPool({ queues: ['q'] }).submit('work', unchecked([]), unchecked(null)),
  'no options of gather': () => gather([], unchecked(null)),
  'no options of wait': () => wait([], unchecked(null)),
  'no options of asCompleted': () => asCompleted([], unchecked(null)),
  'no tasks of gather': () => gather(unchecked(null)),
  'no tasks of wait': () => wait(unchecked(null)),
  'no tasks of asCompleted': () => asCompleted(unchecked(null)),
};

/** The names of what {@link mistake} can make. */
export const MISTAKES = Object.keys(mistakes) as (keyof typeof mistakes)[];

/** Makes one. */
export async function mistake(which: keyof typeof mistakes): Promise<void> {
  await mistakes[which]();
}
