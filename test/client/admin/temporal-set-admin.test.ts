import { ServiceError, type Client } from '@temporalio/client';
import { TemporalSetAdmin } from '../../../src/client/admin/temporal-set-admin';
import type { ChangeRequest } from '../../../src/limiter/control/change';
import { LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';

const [DEADLINE_EXCEEDED, DENIED] = [4, 7];
const NOW = Date.UTC(2026, 0, 31, 9, 0);

const failure = (code: number) =>
  new ServiceError('failed', { cause: Object.assign(new Error('raw'), { code, details: '', metadata: {} }) });

/** A set whose limiter runs, and of which a call fails with this code. */
function silentAt(call: 'describe' | 'executeUpdate', code: number) {
  const sent: unknown[] = [];
  const fail = async (): Promise<never> => {
    throw failure(code);
  };
  const handle = {
    describe: call === 'describe' ? fail : async () => ({ status: { name: 'RUNNING' } }),
    executeUpdate: async (_: unknown, { args }: { readonly args: readonly [ChangeRequest] }): Promise<never> => {
      sent.push(args[0]);
      return fail();
    },
  };
  const client = {
    options: { namespace: 'default' },
    withDeadline: (_: number, ask: () => unknown) => ask(),
    workflow: { getHandle: () => handle },
  } as unknown as Client;
  return { set: new TemporalSetAdmin('plain', async () => client), sent };
}

beforeEach(() => jest.useFakeTimers({ now: NOW, doNotFake: ['performance'] }));
afterEach(() => jest.useRealTimers());

it('asks for a change only for as long as it waits for it', async () => {
  const { set, sent } = silentAt('executeUpdate', DEADLINE_EXCEEDED);
  await set.pause({ by: 'anna' }).catch(() => undefined);
  expect(sent).toEqual([{ action: 'pause', by: 'anna', notAfter: NOW + 10_000 }]);
});

it('says until when a change that is not answered may still be made', async () => {
  const asked = silentAt('executeUpdate', DEADLINE_EXCEEDED).set.pause();
  await expect(asked).rejects.toThrow(LimiterUnavailableError);
  await expect(asked).rejects.toThrow(
    'The limiter of "plain" is not available: it has not answered within 10 s. The change may still be made until ' +
      '09:00:20 UTC, and not later; `temporal-limits stats plain` shows whether it was',
  );
});

it.each([
  ['describe', DEADLINE_EXCEEDED],
  ['executeUpdate', DENIED],
] as const)('says so of no change that cannot be made: %s %d', async (call, code) => {
  await expect(silentAt(call, code).set.pause()).rejects.toThrow(/^(?!.*may still be made)/);
});
