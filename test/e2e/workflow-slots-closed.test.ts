import { randomUUID } from 'node:crypto';
import type { LimitSetJSON } from '../../src/client/sets/limit-set-options';
import { ResourceLimit } from '../../src/index';
import { failedTasks } from '../support/limiter-runs';
import { Slots } from '../support/slots';

let slots: Slots;
let name: string;

beforeAll(async () => {
  slots = await Slots.start(true);
});

beforeEach(() => {
  name = randomUUID();
});

afterEach(() => slots.temporal.closeSets());

afterAll(() => slots.stop());

const connections = (capacity: number): ResourceLimit => new ResourceLimit({ key: 'connections', capacity });

describe('a workflow that is closed without having released', () => {
  const options = (): LimitSetJSON & { name: string } => ({ name, limits: [connections(1)], leaseMs: 2_000 });

  it.each(['terminated', 'timed out', 'continued as new'])('%s, gives all back', async (how) => {
    if (how === 'continued as new') {
      await (await slots.run('holdAndContinue', options(), false)).result();
    } else {
      const holder = await slots.runFor(how === 'timed out' ? 10_000 : undefined, 'hold', options());
      await slots.untilFull(name);
      if (how === 'terminated') await holder.terminate();
      await expect(holder.result()).rejects.toThrow();
    }
    await (await slots.temporal.set(options()).acquire()).release();
  });

  it('is not one that released just before it continued as new', async () => {
    await (await slots.run('holdAndContinue', { ...options(), leaseMs: 60_000 }, true)).result();
    await slots.untilFree(name);
  });
});

it('no limiter has had a workflow task fail', async () => {
  expect(await failedTasks(slots.temporal.client)).toEqual([]);
});
