import { type Client, ServiceError } from '@temporalio/client';
import { askLimiter } from '../../../src/client/link/ask-limiter';
import { type LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';

/** A client for whose every call gRPC has this code. */
const failing = (code: number): Client =>
  ({
    options: { namespace: 'default' },
    connection: { options: { address: 'temporal:7233' } },
    withDeadline: (_: number, call: () => unknown) => call(),
    workflow: {
      getHandle: () => ({
        describe: async () => {
          const cause = Object.assign(new Error(`${code}`), { code, details: '', metadata: {} });
          throw new ServiceError('failed', { cause });
        },
      }),
    },
  }) as unknown as Client;

it.each([
  [1, 'it does not answer'],
  [4, 'it does not answer'],
  [14, 'Temporal at temporal:7233 cannot be reached.'],
  [7, 'Temporal at temporal:7233 denies access'],
])("a call that fails with gRPC's code %i: %s", async (code, reason) => {
  const error = (await askLimiter(failing(code), 'plain', async () => 1).catch(
    (thrown: unknown) => thrown,
  )) as LimiterUnavailableError;
  expect(error.name).toBe('LimiterUnavailableError');
  expect(error.message).toContain(`The limiter of "plain" is not available: ${reason}`);
});
