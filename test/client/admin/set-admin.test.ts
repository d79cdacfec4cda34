import { Client, type Connection } from '@temporalio/client';
import { LimitsAdmin, type LimitsAdminOptions } from '../../../src/client/admin/limits-admin';
import { SetAdmin } from '../../../src/client/admin/set-admin';
import type { ChangeOutcome, ChangeRequest } from '../../../src/limiter/control/change';
import type { Control } from '../../../src/limiter/control/control';
import type { Inspection } from '../../../src/limiter/control/inspection';
import { LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';
import { anInspection, anOutcome, AT } from '../../support/fake-sets';

jest.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    jest.advanceTimersByTime(ms);
  },
}));
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const PAUSED = anOutcome('pause', { pause: { by: 'anna', reason: '', at: AT } }).after;

/** A set of one kind of permit. */
const holding = (started: number, control: Control = PAUSED): Inspection =>
  anInspection({
    control,
    limits: [
      {
        key: 'gpu',
        kind: 'resource',
        defined: 1,
        capacity: 1,
        source: 'code',
        started,
        granted: 0,
        free: 1,
        wanted: 0,
      },
    ],
  });

/** Shows one after the other, and the last from then on. */
class ScriptedSet extends SetAdmin {
  readonly requests: ChangeRequest[] = [];

  constructor(private readonly shows: (Inspection | Error)[]) {
    super('plain');
  }

  protected async look(): Promise<Inspection> {
    const [shown] = this.shows.length > 1 ? this.shows.splice(0, 1) : this.shows;
    if (shown === undefined || shown instanceof Error) throw shown ?? new Error('nothing to show');
    return shown;
  }

  protected async change(request: ChangeRequest): Promise<ChangeOutcome> {
    this.requests.push(request);
    return anOutcome('pause');
  }
}

const silent = new LimiterUnavailableError('plain', 'it does not answer', { cause: new Error('4 DEADLINE_EXCEEDED') });

describe('an option that is none is refused, and nothing is asked of the limiter', () => {
  const set = new ScriptedSet([holding(0)]);
  /** As JavaScript has no types. */
  const untyped = set as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

  test.each<[string, readonly unknown[], RegExp]>([
    ['pause', ['1s'], /expected a plain object, got "1s"/],
    ['pause', [{ fro: '1s' }], /no option of pause; did you mean for\?/],
    ['resume', [{ for: '1s' }], /no option of resume/],
    ['drain', [{ wait: '1s' }], /no option of drain; .*known are .*timeout/],
    ['inspect', [null], /expected a plain object, got null/],
    ['inspect', [{ clients: NaN }], /clients: .*NaN/],
    ['inspect', [{ clients: 101 }], /clients: .*101/],
    ['inspect', [{ firstClient: -1 }], /firstClient: .*-1/],
    ['setCapacity', [{ conn: 5n }], /conn: expected a text or a finite number, got 5n/],
    ['setCapacity', [{ conn: NaN }], /conn: expected a text or a finite number, got NaN/],
    ['resetCapacity', [[1n]], /0: expected a text or a finite number/],
  ])('%s(%p)', async (method, args, message) => {
    await expect(untyped[method]?.call(set, ...args)).rejects.toThrow(message);
    expect(set.requests).toEqual([]);
  });

  test('LimitsAdmin', () => {
    const client = new Client({ connection: {} as unknown as Connection });
    expect(() => new LimitsAdmin(client as LimitsAdminOptions)).toThrow(/expected a plain object/);
    expect(() => new LimitsAdmin({ clinet: client } as LimitsAdminOptions)).toThrow(/did you mean client\?/);
    expect(() => new LimitsAdmin({ client: {} as unknown as Client })).toThrow(/expected a Client/);
    expect(() => new LimitsAdmin({ client })).not.toThrow();
  });
});

describe('drain', () => {
  test('ends once nothing is in use', async () => {
    const set = new ScriptedSet([holding(1), holding(1), holding(0)]);
    await expect(set.drain()).resolves.toMatchObject({ control: { revision: 1 } });
  });

  test('is not done if the pause has ended before, in use or not', async () => {
    for (const started of [0, 1]) {
      const set = new ScriptedSet([holding(1), holding(started, { revision: 2, capacity: {}, log: [] })]);
      await expect(set.drain()).rejects.toMatchObject({ name: 'DrainEndedError', limitSet: 'plain' });
    }
  });

  test('goes on while the limiter does not answer', async () => {
    const set = new ScriptedSet([holding(1), silent, silent, holding(0)]);
    await expect(set.drain({ timeout: '20s' })).resolves.toBeDefined();
  });

  test.each([
    [holding(1), { gpu: 1 }, /After 20000 ms, "plain" still has in use: gpu 1. The set stays paused/],
    [silent, {}, /After 20000 ms, "plain" does not answer what it has in use. The set stays paused/],
  ])('ends with its timeout, and says that the set stays paused', async (shown, inUse, message) => {
    const asked = new ScriptedSet([shown]).drain({ timeout: '20s' });
    await expect(asked).rejects.toMatchObject({ name: 'DrainTimeoutError', inUse });
    await expect(asked).rejects.toThrow(message);
  });

  test('does not wait for a set that was closed', async () => {
    const closed = new LimiterUnavailableError('plain', 'this process does not keep it');
    await expect(new ScriptedSet([closed]).drain()).rejects.toBe(closed);
  });

  test('does not pause if its signal was aborted before', async () => {
    const set = new ScriptedSet([holding(0)]);
    await expect(set.drain({ signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
    expect(set.requests).toEqual([]);
  });
});
