import { isPushQueue, PUSH_QUEUE_PREFIX, runAddress, runAt } from '../../../src/limiter/protocol/address';

const runId = '01a02377-e542-7dc2-a767-8551819d69d2';

describe('an address', () => {
  it.each(['order 7', 'a:b:c', 'ключ\n', 'x'.repeat(1_000)])(
    'names a workflow run, whatever its id: %p',
    (workflowId) => {
      const address = runAddress({ workflowId, runId });
      expect(runAt(address)).toEqual({ workflowId, runId });
      expect(isPushQueue(address)).toBe(false);
    },
  );

  it.each([
    '',
    'workflow:',
    `workflow:${runId}`,
    `workflow:${runId}:`,
    'workflow:7:order',
    `workflow:${runId.toUpperCase()}:order`,
    `workflow:${runId}:\ud800`,
    `workflow:${runId}:a\0b`,
    `workflow:${runId}:${'é'.repeat(501)}`,
    `${PUSH_QUEUE_PREFIX}host:1`,
  ])('is none of a run that no server would take: %p', (address) => {
    expect(runAt(address)).toBeUndefined();
  });
});
