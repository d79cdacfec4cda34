import type { Context } from '@temporalio/activity';
import type { WorkerOptions } from '@temporalio/worker';
import { currentLimits, LimitsPlugin, type WorkerLimits } from '../../../src/activities/index';
import { resetLimitDefaults } from '../../../src/acquire/set/defaults';
import { configureLimits, LimitPool, LimitSet, ResourceLimit } from '../../../src/index';

afterEach(resetLimitDefaults);

const context = {
  info: {},
  cancellationSignal: new AbortController().signal,
  heartbeat: () => undefined,
} as unknown as Context;

/** What an activity does in a worker that is made with this plugin. */
async function aWorker(plugin: LimitsPlugin) {
  const options = { connection: {}, taskQueue: 'q', activities: { work: () => 1 } };
  const { interceptors } = await plugin.configureWorker(options as unknown as WorkerOptions);
  const { inbound } = interceptors?.activity?.[0]?.(context) ?? {};
  return <T>(work: () => T): Promise<T> =>
    Promise.resolve(inbound?.execute?.({ args: [], headers: {} }, async () => work()) as Promise<T>);
}

const slots = new ResourceLimit({ key: 'slots', capacity: 1 });
const statsIn = async (run: Awaited<ReturnType<typeof aWorker>>) => await run(() => currentLimits().getStats());
const offsetIn = async (run: Awaited<ReturnType<typeof aWorker>>): Promise<number> => {
  const stats = await statsIn(run);
  return 'workerIndex' in stats ? stats.workerIndex : NaN;
};
const offset = async (limits: WorkerLimits, workerIndex?: number): Promise<number> =>
  offsetIn(await aWorker(new LimitsPlugin({ limits, ...(workerIndex !== undefined && { workerIndex }) })));

describe('a list of limits', () => {
  it('is private to each worker that one plugin is given to, and shows its stats to activities', async () => {
    const plugin = new LimitsPlugin({ limits: [slots] });
    const [first, second] = [await aWorker(plugin), await aWorker(plugin)];
    const held = await first(() => currentLimits().acquire());
    const other = await second(() => currentLimits().tryAcquire());
    expect([held.successful, other.successful]).toEqual([true, true]);
    await other.release();
    expect(await statsIn(first)).toMatchObject({ limits: { slots: { available: 0 } } });
    expect(await statsIn(second)).toMatchObject({ limits: { slots: { available: 1 } } });
    await held.release();
  });
});

describe('a list of limit sets starts', () => {
  const sets = [new LimitSet({ limits: [slots] }), new LimitSet({ limits: [slots] })];

  it('at another offset for each worker, also of one plugin', async () => {
    const plugin = new LimitsPlugin({ limits: sets });
    const [first, second] = [await aWorker(plugin), await aWorker(plugin)];
    expect(await offsetIn(second)).toBe((await offsetIn(first)) + 1);
  });

  it('where configureLimits says, unless the plugin says otherwise', async () => {
    configureLimits({ workerIndex: 3 });
    expect([await offset(sets), await offset(sets), await offset(sets, 5)]).toEqual([3, 3, 5]);
  });
});

it('an activity sees the name and config of its set; those of a pool differ', async () => {
  const set = new LimitSet({ name: 'named', shared: false, limits: [slots], config: { region: 'eu' } });
  const run = await aWorker(new LimitsPlugin({ limits: set }));
  const region = await run(() => currentLimits<{ region: string }>().config?.region);
  expect(region).toBe('eu');
  expect(await run(() => currentLimits().name)).toBe('named');
  const pooled = await aWorker(new LimitsPlugin({ limits: new LimitPool({ limitSets: [set] }) }));
  expect(await pooled(() => currentLimits().config)).toBeUndefined();
});

it.each<[string, unknown]>([
  ['a number', 5],
  ['limits and sets mixed', [slots, new LimitSet({ limits: [] })]],
  ['what is no limit', [{ kind: 'rate' }]],
])('%s is refused when the plugin is made', (_, limits) => {
  expect(() => new LimitsPlugin({ limits: limits as WorkerLimits })).toThrow('Invalid');
});

test('a worker takes one of these plugins: another would take the limits of the first', async () => {
  const plugins = [new LimitsPlugin({ limits: [slots] }), new LimitsPlugin({ hostLimiter: true })];
  const options = { connection: {}, taskQueue: 'q', plugins } as unknown as WorkerOptions;
  await expect(plugins[0]?.configureWorker(options)).rejects.toMatchObject({
    name: 'InvalidLimitError',
    message: expect.stringContaining('expected one LimitsPlugin for each worker') as string,
  });
});
