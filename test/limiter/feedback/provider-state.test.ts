import fc from 'fast-check';
import {
  heard,
  opensAt,
  probed,
  PROBE_MS,
  probing,
  UNHEARD,
  type Heard,
  type ProviderState,
} from '../../../src/limiter/feedback/provider-state';
import '../../support/property-seed';

const CAP_MS = 300_000;

const throttled = (holdMs?: number): Omit<Heard, 'startedAt'> => ({
  outcome: 'throttled',
  cause: 'rate_limit',
  ...(holdMs !== undefined && { holdMs }),
});
const failed = (cause: NonNullable<Heard['cause']>): Omit<Heard, 'startedAt'> => ({ outcome: 'failed', cause });
const OK = { outcome: 'ok' } as const;

/** A provider, as one process hears it. Every probe is begun as soon as it may be. */
class Provider {
  state: ProviderState = UNHEARD;
  now = 1_000;

  hear(answer: Omit<Heard, 'startedAt'>, startedAt = this.now): this {
    this.state = heard(this.state, { ...answer, startedAt }, this.now, CAP_MS);
    return this;
  }

  /** Waits until one may try, and says how long that was. */
  probe(answer?: Omit<Heard, 'startedAt'>): number {
    const waited = opensAt(this.state, this.now) - this.now;
    this.now += waited;
    this.state = probing(this.state, this.now);
    if (answer !== undefined) this.state = probed(this.state, this.state.probes, answer, this.now, CAP_MS);
    return waited;
  }

  get opensInMs(): number {
    return opensAt(this.state, this.now) - this.now;
  }
}

describe('a provider that throttles', () => {
  it('pauses the set for as long as it asks, the longest of what it says', () => {
    expect(new Provider().hear(throttled(20_000)).hear(throttled(45_000)).hear(throttled(1_000)).opensInMs).toBe(
      45_000,
    );
  });

  it('pauses it no longer than the cap', () => {
    expect(new Provider().hear(throttled(86_400_000)).opensInMs).toBe(CAP_MS);
  });

  it('pauses it for a growing moment without a hint, up to 30 s', () => {
    const provider = new Provider().hear(throttled());
    const waits = Array.from({ length: 8 }, () => provider.probe(throttled()));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('counts a pause from when the probe before it could start, not from when it was refused, if that was soon', () => {
    const provider = new Provider().hear(throttled());
    const pauseAfter = (lateMs: number): number => {
      provider.probe();
      provider.now += lateMs;
      provider.state = probed(provider.state, provider.state.probes, throttled(), provider.now, CAP_MS);
      return provider.opensInMs;
    };
    expect([pauseAfter(150), pauseAfter(150), pauseAfter(20_000)]).toEqual([1_850, 3_850, 7_000]);
  });

  it('is heard once by those that it refused together', () => {
    const provider = new Provider().hear(throttled()).hear(throttled()).hear(throttled());
    expect(provider.opensInMs).toBe(1_000);
    const startedAt = provider.now;
    provider.probe(OK);
    // began before the pause and is answered after it
    expect(provider.hear(throttled(), startedAt).opensInMs).toBe(0);
    expect(provider.hear(failed('unauthorized'), startedAt).opensInMs).toBe(0);
  });

  it('that throttles again at once is paused longer, and later anew', () => {
    const provider = new Provider().hear(throttled());
    provider.probe(OK);
    provider.now += 1;
    expect(provider.hear(throttled()).opensInMs).toBe(2_000);
    provider.probe(OK);
    provider.now += 60_000;
    expect(provider.hear(throttled()).opensInMs).toBe(1_000);
  });

  it('has one request go first, and the others wait for what becomes of it', () => {
    const provider = new Provider().hear(throttled(5_000));
    expect(provider.probe()).toBe(5_000);
    expect(provider.opensInMs).toBe(PROBE_MS);
    provider.state = probed(provider.state, 1, OK, provider.now, CAP_MS);
    expect(provider.opensInMs).toBe(0);
  });

  it('that says nothing to the one that went first is tried again after a minute, and an old answer counts no more', () => {
    const provider = new Provider().hear(throttled(5_000));
    provider.probe();
    expect(provider.probe()).toBe(PROBE_MS);
    const before = provider.state;
    expect(probed(before, 1, OK, provider.now, CAP_MS)).toBe(before);
  });

  it('that refuses the first again is paused as it asks', () => {
    const provider = new Provider().hear(throttled(5_000));
    provider.probe(throttled(7_000));
    expect(provider.opensInMs).toBe(7_000);
  });

  it('that asks for too little again and again is not called as often as it asks', () => {
    const provider = new Provider().hear(throttled(1));
    const waits = Array.from({ length: 6 }, () => provider.probe(throttled(1)));
    expect(waits).toEqual([1, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(provider.probe(throttled(9_000))).toBe(5_000);
    expect(provider.opensInMs).toBe(9_000);
  });

  it('opens the set if the first was released without a word', () => {
    const provider = new Provider().hear(throttled(5_000));
    provider.probe({ outcome: 'unknown' });
    expect(provider.opensInMs).toBe(0);
  });
});

describe('an account that fails', () => {
  it.each(['unauthorized', 'forbidden', 'insufficient_quota'] as const)(
    'is set aside at once if unknown: %s',
    (cause) => {
      const provider = new Provider().hear(failed(cause));
      expect(provider.state.suspension).toMatchObject({ kind: 'CIRCUIT', cause });
    },
  );

  it.each(['server_error', 'unreachable'] as const)('is set aside after three in a row: %s', (cause) => {
    const provider = new Provider().hear(failed(cause)).hear(failed(cause));
    expect(provider.state.suspension).toBeUndefined();
    expect(provider.hear(failed(cause)).state.suspension).toMatchObject({ kind: 'CIRCUIT', cause });
  });

  it('is called at most five times in each minute', () => {
    const provider = new Provider();
    const calls: number[] = [];
    const call = (): void => void calls.push(provider.now);
    for (let i = 0; i < 3; i += 1) {
      call();
      provider.hear(failed('server_error'));
    }
    while (provider.now < 1_200_000) {
      provider.probe(failed('server_error'));
      call();
    }
    const inMinute = (from: number): number => calls.filter((at) => at >= from && at < from + 60_000).length;
    expect(Math.max(...calls.map(inMinute))).toBe(5);
  });

  it('comes back with one that is served', () => {
    const provider = new Provider().hear(failed('unauthorized'));
    expect(provider.probe(failed('unauthorized'))).toBe(10_000);
    expect(provider.probe(OK)).toBe(20_000);
    expect(provider.opensInMs).toBe(0);
  });

  it('is not set aside for one answer, or for every fifth, while it serves the others', () => {
    const provider = new Provider();
    for (let i = 0; i < 20; i += 1) provider.hear(OK);
    provider.hear(failed('forbidden'));
    for (let i = 0; i < 200; i += 1) provider.hear(i % 5 === 0 ? failed('server_error') : OK);
    expect(provider.state.suspension).toBeUndefined();
  });

  it('is set aside soon if it served all before', () => {
    const provider = new Provider();
    for (let i = 0; i < 1_000; i += 1) provider.hear(OK);
    let calls = 0;
    for (; provider.state.suspension === undefined; calls += 1) provider.hear(failed('unauthorized'));
    expect(calls).toBeLessThanOrEqual(5);
  });

  it('is forgotten to have failed after a minute', () => {
    const provider = new Provider().hear(failed('server_error')).hear(failed('server_error'));
    provider.now += 61_000;
    expect(provider.hear(failed('server_error')).state.suspension).toBeUndefined();
  });
});

const answers = fc.oneof(
  fc.constant<Omit<Heard, 'startedAt'>>(OK),
  fc.constant<Omit<Heard, 'startedAt'>>({ outcome: 'unknown' }),
  fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined }).map((ms) => throttled(ms)),
  fc
    .constantFrom('unauthorized', 'forbidden', 'insufficient_quota', 'unreachable', 'server_error')
    .map((cause) => failed(cause)),
);
const events = fc.array(
  fc.record({
    afterMs: fc.nat({ max: 100_000 }),
    answer: answers,
    isProbe: fc.boolean(),
    ageMs: fc.nat({ max: 50_000 }),
  }),
  { maxLength: 60 },
);

describe('whatever a provider says', () => {
  it('no suspension outlives its cap, every one ends, and only one request at a time tries', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 400_000 }), (said, capMs) => {
        let state = UNHEARD;
        let now = 1_000;
        let probe: { readonly number: number; readonly until: number } | undefined;
        for (const { afterMs, answer, isProbe, ageMs } of said) {
          now += afterMs;
          const before = state.suspension;
          if (opensAt(state, now) <= now && before !== undefined) {
            // nobody is under way, or has been given up
            expect(probe === undefined || probe.until <= now).toBe(true);
            state = probing(state, now);
            probe = state.suspension?.probe;
          }
          const until = state.suspension?.until ?? -Infinity;
          if (isProbe && probe !== undefined) {
            const { number } = probe;
            const wasNewest = state.suspension?.probe?.number === number;
            state = probed(state, number, answer, now, capMs);
            if (wasNewest) probe = undefined;
          } else {
            state = heard(state, { ...answer, startedAt: now - ageMs }, now, capMs);
            // nothing but the provider's word moves its end, and only to later
            if (before !== undefined) expect(state.suspension?.until).toBeGreaterThanOrEqual(until);
          }
          if ((state.suspension?.until ?? 0) !== until)
            expect(state.suspension?.until ?? 0).toBeLessThanOrEqual(now + capMs);
          expect(opensAt(state, now)).toBeLessThanOrEqual(now + Math.max(capMs, PROBE_MS));
        }
        // left alone, somebody may try, and opens it
        now = opensAt(state, now);
        state = probed(probing(state, now), probing(state, now).probes, OK, now, capMs);
        expect(opensAt(state, now)).toBe(now);
      }),
    );
  });

  it('the state is plain JSON', () => {
    const provider = new Provider().hear(throttled(5_000));
    provider.probe();
    expect(JSON.parse(JSON.stringify(provider.state))).toEqual(provider.state);
  });
});
