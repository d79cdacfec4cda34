import { NamespaceNotFoundError } from '@temporalio/common';
import { ServiceError } from '@temporalio/client';
import { judge, type Findings } from '../../../src/client/link/obstacle';

const place = { address: 'temporal:7233', namespace: 'tenant', taskQueue: 'temporal-limits' };
const quiet: Findings = { ...place, failure: undefined, polledMsAgo: 500, hasAnswered: false };
const failed = (error: unknown): Findings => ({ ...quiet, failure: { error } });
const grpc = (code: number): Error => Object.assign(new Error('secret'), { code, details: 'secret', metadata: {} });
const QUEUE = 'the task queue "temporal-limits" in namespace "tenant" at temporal:7233';

describe('a message that could not be sent tells of the server', () => {
  it.each<[string, unknown, string, boolean, string]>([
    ['nobody listens', grpc(14), 'unreachable', false, 'Temporal at temporal:7233 cannot be reached. Start it'],
    ['the SDK says so', new ServiceError('x', { cause: grpc(14) }), 'unreachable', false, 'cannot be reached'],
    ['a call takes too long', grpc(4), 'slow', false, 'does not answer in time (DEADLINE_EXCEEDED)'],
    ['the server limits calls', grpc(8), 'overloaded', false, 'refuses calls for now (RESOURCE_EXHAUSTED)'],
    ['there is no namespace', new NamespaceNotFoundError('tenant'), 'no namespace', true, 'no namespace "tenant"'],
    ['gRPC says so', grpc(5), 'no namespace', true, 'Create it, or correct TEMPORAL_NAMESPACE'],
    ['access is denied', grpc(7), 'denied', true, 'denies access to namespace "tenant" (PERMISSION_DENIED)'],
    ['the key is wrong', grpc(16), 'unauthenticated', true, "Correct the client's API key or certificate"],
    ['the message is refused', grpc(3), 'refused', false, 'refuses the message to the limiter (gRPC code 3)'],
    ['a codec throws', new TypeError('secret'), 'unsendable', false, 'cannot be sent (TypeError)'],
  ])('%s', (_, error, cause, isFinal, detail) => {
    const obstacle = judge(failed(error));
    expect(obstacle).toMatchObject({ cause, isFinal, detail: expect.stringContaining(detail) });
    expect(obstacle?.detail).not.toContain('secret');
  });

  it('also where the connection does not tell its address', () => {
    expect(judge({ ...failed(grpc(14)), address: undefined })?.detail).toMatch(/^Temporal cannot be reached/);
  });
});

describe('a message that was sent and not answered tells of the limiter', () => {
  it.each([Infinity, 71_000])('nobody hosts it if its queue was polled %d ms ago', (polledMsAgo) => {
    for (const hasAnswered of [true, false]) {
      expect(judge({ ...quiet, polledMsAgo, hasAnswered })).toEqual({
        cause: 'unhosted',
        isFinal: true,
        detail: `no worker hosts the limiter: none polls ${QUEUE}. Start a worker with LimitsPlugin there`,
      });
    }
  });

  it.each([
    [2_400, `${QUEUE}, though a worker polled it 2 s ago`],
    [-5_000, `${QUEUE}, though a worker polled it 0 s ago`],
    [undefined, `${QUEUE}. Check that the worker`],
  ])('it is silent if its queue was polled %s ms ago', (polledMsAgo, detail) => {
    expect(judge({ ...quiet, polledMsAgo })).toMatchObject({
      cause: 'silent',
      isFinal: false,
      detail: expect.stringContaining(detail),
    });
  });

  it.each([500, undefined])('one that has answered before may just have nothing to give (%s)', (polledMsAgo) => {
    expect(judge({ ...quiet, polledMsAgo, hasAnswered: true })).toBeUndefined();
  });
});
