import { Sema } from 'async-sema';
import Bottleneck from 'bottleneck';
import { LimitSet, ResourceLimit } from '../../src/index';
import { type Contestant } from '../support/rounds';

/** Requests that wait for one permit, all of one kind or of eight: each kind asks for limits of its own besides. */
export function kinds(waiting: number): Contestant[] {
  return [1, 8].map((count) => {
    const besides = [0, 1, 2].map((i) => new ResourceLimit({ key: `besides ${i}`, capacity: 1_000_000 }));
    const set = new LimitSet({ limits: [new ResourceLimit({ key: 'permit', capacity: 1 }), ...besides] });
    let arrivals = 0;
    return relay(`${count} ${count === 1 ? 'kind' : 'kinds'}`, waiting, async () => {
      const kind = count - 1 - (arrivals++ % count);
      const requested = Object.fromEntries(besides.map(({ key }, i) => [key, (kind >> i) & 1]));
      const slot = await set.acquire({ requested });
      return () => slot.release();
    });
  });
}

/** Hands a permit over as often as is asked for, from each that waited for it to the next. */
type Wait = () => Promise<() => unknown>;

/** How those that wait in this library may do so. */
const MANNERS = {
  'temporal-limits': () => ({}),
  'with timeouts': () => ({ timeout: '1h' }),
  'with signals': () => ({ signal: new AbortController().signal }),
  'with a priority each': () => ({ priority: Math.random() }),
} as const;

/** One permit for which so many wait, all the time: what it costs that it goes round. */
export async function queues(waiting: number): Promise<Contestant[]> {
  const { default: pLimit } = await import('p-limit');
  const own = Object.entries(MANNERS).map(([name, manner]) => {
    const set = new LimitSet({ limits: [new ResourceLimit({ key: 'permit', capacity: 1 })] });
    return relay(name, waiting, async () => {
      const slot = await set.acquire(manner());
      return () => slot.release();
    });
  });
  const sema = new Sema(1, { capacity: waiting });
  const bottleneck = new Bottleneck({ maxConcurrent: 1 });
  const limit = pLimit(1);
  return [
    ...own,
    relay('async-sema', waiting, async () => {
      await sema.acquire();
      return () => sema.release();
    }),
    relay('p-limit', waiting, scoped(limit)),
    // filling its queue would take minutes
    ...(waiting <= 1_000
      ? [
          relay(
            'bottleneck',
            waiting,
            scoped((body) => bottleneck.schedule(body)),
          ),
        ]
      : []),
  ];
}

/** What runs a body while the permit is held, as something that holds it until it is to let go. */
function scoped(run: (body: () => Promise<void>) => Promise<void>): Wait {
  return () =>
    new Promise((resolve, reject) => {
      run(() => new Promise<void>((end) => resolve(end))).catch(reject);
    });
}

/** Who gets the permit when a round is over keeps it until the next. */
function relay(name: string, waiting: number, wait: Wait): Contestant {
  let left = 0;
  let roundOver: (() => void) | undefined;
  let roundBegins: (() => void) | undefined;
  const runner = async (): Promise<never> => {
    for (;;) {
      const release = await wait();
      if (left === 0) {
        roundOver?.();
        await new Promise<void>((resolve) => (roundBegins = resolve));
      }
      left -= 1;
      await release();
    }
  };
  for (let i = 0; i <= waiting; i += 1) void runner();
  return {
    name,
    async run(count) {
      left = count;
      const over = new Promise<void>((resolve) => (roundOver = resolve));
      roundBegins?.();
      await over;
      return undefined;
    },
  };
}
