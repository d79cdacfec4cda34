import { ServiceError } from '@temporalio/client';
import { FAILED_PRECONDITION, RESOURCE_EXHAUSTED } from '../../../src/client/link/reachability';
import { askWhileBusy } from '../../../src/client/link/while-busy';

const DROPPED = 'Unable to perform workflow execution update due to unexpected workflow task failure.';

/** As the SDK throws what a server refuses. */
const refusal = (code: number, message: string) =>
  new ServiceError('Workflow Update failed', {
    cause: Object.assign(new Error(message), { code, details: '', metadata: {} }),
  });

/** Refuses so often, then answers. */
function refusing(times: number, error: Error): () => Promise<string> {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked <= times) throw error;
    return 'answer';
  };
}

it.each([
  ['asked too often', refusal(RESOURCE_EXHAUSTED, 'consistent query buffer is full')],
  ['a dropped update', refusal(FAILED_PRECONDITION, `9 FAILED_PRECONDITION: ${DROPPED}`)],
])('asks again: %s', async (_case, error) => {
  expect(await askWhileBusy(60_000, refusing(2, error))).toBe('answer');
});

it.each([
  ['another state', refusal(FAILED_PRECONDITION, 'Cannot query workflow due to Workflow Task in failed state.')],
  ['no permission', refusal(7, DROPPED)],
  ['no call at all', new Error(DROPPED)],
])('does not ask again: %s', async (_case, error) => {
  await expect(askWhileBusy(60_000, refusing(1, error))).rejects.toBe(error);
});

it('gives up once its time is over', async () => {
  const error = refusal(FAILED_PRECONDITION, DROPPED);
  await expect(askWhileBusy(0, refusing(1, error))).rejects.toBe(error);
});
