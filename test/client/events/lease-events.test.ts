import { LeaseProvider } from '../../../src/acquire/client/lease-provider';
import { checkSet } from '../../../src/acquire/set/set-settings';
import { createTemporalBackend } from '../../../src/client/backends/temporal-backend';
import { familyOf, subscribe, type LimitEvent } from '../../../src/client/events/limit-events';
import { registerClient } from '../../../src/client/link/push-registry';
import { TemporalLink } from '../../../src/client/link/temporal-link';
import { Allocator } from '../../../src/limiter/allocator/allocator';
import type { Observation } from '../../../src/limiter/feedback/observation';
import type { Push } from '../../../src/limiter/protocol/wire';
import { FakeClock } from '../../support/fake-clock';

jest.mock('../../../src/client/link/push-registry');

const { definition } = checkSet({ limits: [{ kind: 'resource', key: 'slots', capacity: 1 }] });
const THROTTLED: Observation = { outcome: 'throttled', cause: 'rate_limit', holdMs: 5_000, seen: [], ignored: 0 };

describe('a set in Temporal mode tells', () => {
  const events: LimitEvent[] = [];
  let unsubscribe: () => void;

  beforeEach(() => {
    events.length = 0;
    unsubscribe = subscribe((event) => events.push(event));
  });

  afterEach(() => {
    unsubscribe();
    jest.restoreAllMocks();
  });

  /** A backend whose limiter is in the process; messages arrive in the next turn. */
  function open() {
    const clock = new FakeClock(1e12);
    const allocator = new Allocator(definition, clock.now());
    let push: ((push: Push) => unknown) | undefined;
    jest.mocked(registerClient).mockImplementation((_id, hear) => {
      push = hear;
      return () => undefined;
    });
    jest.spyOn(TemporalLink.prototype, 'queue', 'get').mockReturnValue('queue');
    jest.spyOn(TemporalLink.prototype, 'send').mockImplementation((sync) => {
      allocator.receive(structuredClone(sync), clock.now());
      allocator.advance(clock.now());
      for (const out of allocator.publish(clock.now())) setImmediate(() => push?.(structuredClone(out.push)));
      return Promise.resolve();
    });
    const options = { name: 'gpu[a customer]', definition, onUnavailable: 'wait', client: undefined, clock } as const;
    return { clock, backend: createTemporalBackend(options) };
  }

  it.each([1, 0])('of a lease that is lost while %d acquisitions hold something', async (held) => {
    const { clock, backend } = open();
    const asked = backend.take(
      { amounts: [1], covers: [true] },
      { priority: 0, timeoutMs: undefined, signal: undefined },
    );
    await clock.advance(1_000);
    const holding = await asked;
    if (held === 0) void holding.release();
    jest.mocked(TemporalLink.prototype.send).mockReturnValue(new Promise(() => undefined));
    await clock.advance(60_000);
    expect(holding.signal.aborted).toBe(true);
    expect(events).toEqual(held === 1 ? [{ type: 'lease lost', set: 'gpu' }] : []);
  });

  it('of a pause once, in which its answers count', async () => {
    const { clock, backend } = open();
    const asked = backend.take(
      { amounts: [1], covers: [true] },
      { priority: 0, timeoutMs: undefined, signal: undefined },
    );
    await clock.advance(1_000);
    const holding = await asked;
    expect(holding.observe({ status: 429, headers: { 'retry-after': '5' } })).toMatchObject({ outcome: 'throttled' });
    await clock.advance(1_000);
    expect(backend.suspension).toMatchObject({ kind: 'PAUSED' });
    expect(events).toEqual([{ type: 'suspended', set: 'gpu', kind: 'PAUSED', cause: 'rate_limit' }]);
  });
});

it('a client tells of a suspension when it begins, whoever says so first', () => {
  const onSuspended = jest.fn();
  const provider = new LeaseProvider(true, onSuspended);
  const push = { ack: 1, now: 0, provider: { kind: 'CIRCUIT', cause: 'forbidden', until: 5_000 } } as Push;
  const sameClock = { earliest: (moment: number) => moment, latest: (moment: number) => moment };
  provider.hear(push, 0, sameClock);
  provider.observe(THROTTLED, 10, undefined, 10, definition);
  provider.hear(push, 20, sameClock);
  expect(onSuspended.mock.calls).toEqual([[{ kind: 'CIRCUIT', cause: 'forbidden', until: 5_000 }]]);
  provider.hear({ ack: Infinity, now: 30 } as Push, 30, sameClock);
  provider.observe(THROTTLED, 40, undefined, 40, definition);
  expect(onSuspended).toHaveBeenCalledTimes(2);
});

it.each([
  ['openai', 'openai'],
  [undefined, 'unnamed'],
  ['acme[jane%5B1%5D]', 'acme'],
  ['a[b][c]', 'a[b]'],
  ['[x]', '[x]'],
  ['gpu[0] of us', 'gpu[0] of us'],
])('the set %p is told of as %p', (name, family) => {
  expect(familyOf(name)).toBe(family);
});
