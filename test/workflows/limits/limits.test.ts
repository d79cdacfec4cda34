import { ApplicationFailure } from '@temporalio/common';
import * as plain from '../../../src/index';
import { checkSet } from '../../../src/acquire/set/set-settings';
import { limitDefaults, resetLimitDefaults } from '../../../src/acquire/set/defaults';
import { CallLimit, configureLimits, RateLimit, ResourceLimit } from '../../../src/workflows/index';

/** As a program without types, or with input that nobody checked, would call it. */
const unchecked = (options: unknown): never => options as never;

function thrown(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('the limits of workflow code', () => {
  it.each<[string, () => unknown, string]>([
    ['rate', () => new RateLimit({ key: '', windowSeconds: 60, capacity: 1 }), 'key'],
    ['call', () => new CallLimit({ windowSeconds: 0, capacity: 1 }), 'windowSeconds'],
    ['resource', () => new ResourceLimit({ key: 'connections', capacity: 1.5 }), 'capacity'],
    ['none', () => new ResourceLimit(unchecked(undefined)), 'options'],
  ])('fail the workflow, not its task, when they make no sense: %s', (_kind, make, option) => {
    const failure = thrown(make);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ name: 'InvalidLimitError', type: 'InvalidLimitError', nonRetryable: true, option });
  });

  it('are those of a process otherwise', () => {
    const options = { key: 'tokens', windowSeconds: 60, capacity: 5 };
    const limit = new RateLimit(options);
    expect(limit).toEqual(new plain.RateLimit(options));
    expect(JSON.stringify(limit)).toBe(JSON.stringify(new plain.RateLimit(options)));
    expect(limit).toBeInstanceOf(RateLimit);
    expect(limit).toBeInstanceOf(plain.RateLimit);
    expect(limit).not.toBeInstanceOf(CallLimit);
    expect(RateLimit.name).toBe('RateLimit');
  });

  it('are the class of what a set makes of them, or of their JSON', () => {
    const { limits } = checkSet({
      limits: [new ResourceLimit({ key: 'cards', capacity: 1 }), { kind: 'call', windowSeconds: 1, capacity: 5 }],
    });
    expect(limits[0]).toBeInstanceOf(ResourceLimit);
    expect(limits[1]).toBeInstanceOf(CallLimit);
  });

  it('may be derived from', () => {
    class Cards extends ResourceLimit {
      readonly maker = 'a factory';
    }
    const cards = new Cards({ key: 'cards', capacity: 4 });
    expect(cards).toBeInstanceOf(Cards);
    expect(cards).toMatchObject({ kind: 'resource', capacity: 4, maker: 'a factory' });
    expect(thrown(() => new Cards({ key: 'cards', capacity: 0 }))).toBeInstanceOf(ApplicationFailure);
  });
});

describe('configureLimits in workflow code', () => {
  afterEach(resetLimitDefaults);

  it('fails the workflow, not its task, when it makes no sense', () => {
    const failure = thrown(() => configureLimits({ leaseMs: 1 }));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'InvalidLimitError', nonRetryable: true, option: 'leaseMs' });
    expect(thrown(() => configureLimits(unchecked(null)))).toBeInstanceOf(ApplicationFailure);
  });

  it('sets what sets and pools leave open', () => {
    configureLimits({ algorithm: 'GCRA' });
    expect(limitDefaults().algorithm).toBe('GCRA');
    expect(thrown(() => configureLimits({ algorithm: 'TokenBucket' }))).toMatchObject({
      message: 'Invalid algorithm: already configured as GCRA, cannot become "TokenBucket"',
    });
  });
});
