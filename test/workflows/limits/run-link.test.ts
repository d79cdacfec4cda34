import { getExternalWorkflowHandle, sleep } from '@temporalio/workflow';
import type { SyncSource } from '../../../src/acquire/ports';
import type { SetDefinition } from '../../../src/limiter/definition/definition';
import type { Sync } from '../../../src/limiter/protocol/wire';
import { RunFlow, RunLink } from '../../../src/workflows/limits/run-link';

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/workflow'),
  getExternalWorkflowHandle: jest.fn(),
  sleep: jest.fn(),
  CancellationScope: { nonCancellable: (body: () => Promise<unknown>) => body() },
  async condition(holds: () => boolean) {
    while (!holds()) await new Promise(setImmediate);
  },
}));

const definition: SetDefinition = { version: 1, limits: [], timing: { leaseMs: 1, horizonMs: 1, guardMs: 0 } };

/** A way to a limiter whose server refuses so many signals; one message that is to be sent, and what was waited. */
function aWay(refusals: number) {
  const waits: unknown[] = [];
  let [refused, isDelivered] = [0, false];
  jest.mocked(getExternalWorkflowHandle).mockReturnValue({
    async signal() {
      refused += 1;
      if (refused <= refusals) throw new Error('SIGNAL_COUNT_LIMIT_EXCEEDED');
    },
  } as unknown as ReturnType<typeof getExternalWorkflowHandle>);
  jest.mocked(sleep).mockImplementation(async (ms) => {
    waits.push(ms);
    await new Promise(setImmediate);
  });
  const source = {
    dueAt: () => (isDelivered ? Infinity : 0),
    compose: () => ({}) as Sync,
    delivered: () => (isDelivered = true),
  } as unknown as SyncSource;
  const link = new RunLink('busy', definition);
  return { waits, link, flow: new RunFlow(source, link), isDelivered: () => isDelivered };
}

test('what the server refuses is sent again, at longer and longer intervals', async () => {
  const { waits, flow, link, isDelivered } = aWay(9);
  while (!isDelivered()) await new Promise(setImmediate);
  flow.stop();
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(link.isRefused).toBe(false);
});

test('what cannot be told is not waited for, and what can be is', async () => {
  const refused = aWay(50);
  await refused.flow.told();
  refused.flow.stop();
  expect([refused.isDelivered(), refused.waits]).toEqual([false, [1_000, 2_000, 4_000, 8_000]]);
  const held = aWay(3);
  await held.flow.told();
  held.flow.stop();
  expect(held.isDelivered()).toBe(true);
  const served = aWay(0);
  await served.flow.told();
  served.flow.stop();
  expect(served.isDelivered()).toBe(true);
});
