import { InvalidLimitError } from '../../src/limiter/errors/definition-errors';
import { decisions, type Decision } from './decisions';
import { outcomeOfError } from './error-codes';
import { alignedWindow, continuousLeak, meterOutcomes } from './own-meters';
import { OwnRules } from './own-rules';
import { Replayer } from './replayer';
import {
  comparable,
  readTraces,
  type AmountMap,
  type LimitOutcome,
  type Outcome,
  type Step,
  type Trace,
} from './trace';

const traces = readTraces();

/** Numbers of stats may differ by rounding; everything else is exact. */
function expectSame(actual: Outcome, expected: Outcome, { id, tol = 1e-9 }: Trace, step: Step): void {
  const close = (stats: Record<string, LimitOutcome>) =>
    Object.fromEntries(
      Object.entries(stats).map(([key, { capacity, available, utilization }]) => [
        key,
        { capacity: near(capacity, tol), available: near(available, tol), utilization: near(utilization, tol) },
      ]),
    );
  const { limits, sets, ...rest } = comparable(expected);
  const at = { step: `${id} at ${step.t}: ${step.op} ${step.h ?? ''}` };
  expect({ ...at, ...comparable(actual) }).toEqual({
    ...at,
    ...rest,
    ...(limits && { limits: close(limits) }),
    ...(sets && { sets: sets.map(close) }),
  });
}

function near(value: number, tol: number): unknown {
  return {
    asymmetricMatch: (other: unknown) => typeof other === 'number' && Math.abs(other - value) <= tol,
    toString: () => 'near',
    toAsymmetricMatcher: () => `${value} ± ${tol}`,
  };
}

function recorded(step: Step, profile: 'reference' | 'documents'): Outcome {
  return profile === 'documents' ? (step.expectDocs ?? step.expect) : step.expect;
}

async function replayAsRecorded(trace: Trace, profile: 'reference' | 'documents' = 'reference'): Promise<void> {
  const setup = (profile === 'documents' ? trace.setupDocs : undefined) ?? trace.setup ?? { ok: true };
  let replayer: Replayer;
  try {
    replayer = new Replayer(trace);
  } catch (error) {
    expect(outcomeOfError(error, 'setup').error).toBe(setup.error);
    return;
  }
  expect(setup.ok).toBe(true);
  for (const step of trace.steps) expectSame(await replayer.run(step), recorded(step, profile), trace, step);
}

async function replayByRules(
  trace: Trace,
  { profile = 'reference', adapt = (same) => same }: Decision,
): Promise<number> {
  const [odd, plain, rules] = [new Replayer(trace), new Replayer(trace), new OwnRules(trace)];
  let decided = 0;
  for (const step of trace.steps) {
    const ruling = rules.rule(step, odd);
    const actual = await odd.run(step);
    if (ruling !== undefined) {
      decided += 1;
      expectSame(actual, ruling.outcome, trace, step);
      for (const instead of ruling.instead) expect(await plain.run(instead)).toEqual({ ok: true });
      continue;
    }
    expectSame(actual, await plain.run(step), trace, step);
    if (decided === 0) expectSame(actual, adapt(recorded(step, profile), trace), trace, step);
  }
  return decided;
}

async function replayScaled(trace: Trace, factor: number): Promise<void> {
  const times = (amounts: AmountMap) =>
    Object.fromEntries(Object.entries(amounts).map(([key, n]) => [key, n * factor]));
  const whole = new Replayer({
    ...trace,
    limits: (trace.limits ?? []).map((limit) => ({ ...limit, capacity: limit.capacity * factor })),
  });
  const fractional = new Replayer(trace);
  for (const step of trace.steps) {
    const actual = await fractional.run(step);
    const { amounts, limits, ...rest } = await whole.run({
      ...step,
      ...(step.request && { request: times(step.request) }),
      ...(step.used && { used: times(step.used) }),
    });
    const scaledStats = Object.entries(limits ?? {}).map(([key, stats]) => [
      key,
      { ...stats, capacity: stats.capacity / factor, available: stats.available / factor },
    ]);
    expectSame(
      actual,
      {
        ...rest,
        ...(amounts && { amounts: step.request ?? {} }),
        ...(limits && { limits: Object.fromEntries(scaledStats) as Record<string, LimitOutcome> }),
      },
      trace,
      step,
    );
    expect(actual.error).toBeUndefined();
  }
}

async function replayMonotonic(trace: Trace): Promise<void> {
  const [jumping, standing] = [new Replayer(trace), new Replayer(trace)];
  let latest = 0;
  for (const step of trace.steps) {
    latest = Math.max(latest, step.t);
    expectSame(await jumping.run(step), await standing.run({ ...step, t: latest }), trace, step);
  }
}

async function replayByMeter(trace: Trace, newMeter: typeof continuousLeak): Promise<void> {
  const replayer = new Replayer(trace);
  const expected = meterOutcomes(trace, newMeter);
  for (const [i, step] of trace.steps.entries()) expectSame(await replayer.run(step), expected[i]!, trace, step);
}

async function replayOddity(trace: Trace, decision: Decision): Promise<void> {
  switch (decision.way) {
    case 'reference':
    case 'documents':
      return replayAsRecorded(trace, decision.way);
    case 'rules':
      await replayByRules(trace, decision);
      return;
    case 'leak':
      return replayByMeter(trace, continuousLeak);
    case 'aligned':
      return replayByMeter(trace, alignedWindow);
    case 'scaled':
      return replayScaled(trace, 4);
    case 'monotonic':
      return replayMonotonic(trace);
    case 'refuse':
      expect(() => new Replayer(trace)).toThrow(InvalidLimitError);
  }
}

describe('what the reference system does, we do', () => {
  const core = traces.filter(({ oddity }) => !oddity);

  it('has every core trace to go by', () => {
    expect(core).toHaveLength(375);
  });

  it.each([...new Set(core.map(({ category }) => category))])('%s', async (category) => {
    for (const trace of core) if (trace.category === category) await replayAsRecorded(trace);
  });
});

describe('where the reference system is odd, each oddity is decided', () => {
  const odd = traces.filter(({ oddity }) => oddity);

  it('for every oddity that was recorded', () => {
    expect(odd).toHaveLength(109);
    expect(new Set(odd.flatMap(({ oddityIds = [] }) => oddityIds))).toEqual(new Set(Object.keys(decisions)));
  });

  it.each(Object.entries(decisions))('%s', async (id, decision) => {
    expect.hasAssertions();
    for (const trace of odd) if (trace.oddityIds?.[0] === id) await replayOddity(trace, decision);
  });

  it('by a rule that decides at least one step of its kind, or none would be needed', async () => {
    for (const [id, decision] of Object.entries(decisions)) {
      if (decision.way !== 'rules') continue;
      let decided = 0;
      for (const trace of odd) if (trace.oddityIds?.[0] === id) decided += await replayByRules(trace, decision);
      expect({ id, needed: decided > 0 }).toEqual({ id, needed: true });
    }
  });
});
