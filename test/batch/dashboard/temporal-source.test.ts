import type { Client } from '@temporalio/client';
import { temporalSource } from '../../../src/batch/dashboard/temporal-source';

it('lists and pings with an end, since a server may hang', async () => {
  const ends: number[] = [];
  let isBounded = false;
  const client = {
    withDeadline: async (at: number, ask: () => Promise<unknown>) => {
      ends.push(at - Date.now());
      isBounded = true;
      return ask().finally(() => (isBounded = false));
    },
    workflow: {
      list: async function* () {
        expect(isBounded).toBe(true);
        yield { workflowId: 'limits:a', startTime: new Date(0), taskQueue: 'q' };
      },
    },
    workflowService: { getSystemInfo: async () => expect(isBounded).toBe(true) },
  } as unknown as Client;
  const { admin, ping } = temporalSource(client);
  expect(await admin.list()).toMatchObject([{ set: 'a', taskQueue: 'q' }]);
  await ping();
  expect(ends).toHaveLength(2);
  for (const ms of ends) expect(ms).toBeLessThanOrEqual(5_000);
});
