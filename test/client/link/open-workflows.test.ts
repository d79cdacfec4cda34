import type { Client } from '@temporalio/client';
import { openWorkflows } from '../../../src/client/link/open-workflows';
import { RESOURCE_EXHAUSTED } from '../../../src/client/link/reachability';

const DENIED = 7;

/** Lists what it is given, once it has refused so often. */
function clientThat(refusals: number, code: number): Client {
  let asked = 0;
  const list = async function* ({ query }: { readonly query: string }) {
    asked += 1;
    if (asked <= refusals) throw Object.assign(new Error('refused'), { code, details: '', metadata: {} });
    yield { workflowId: query };
  };
  return { workflow: { list } } as unknown as Client;
}

it('lists again what a server refuses because it is asked too often', async () => {
  const query = "WorkflowType = 'limiter' AND ExecutionStatus = 'Running'";
  expect(await openWorkflows(clientThat(2, RESOURCE_EXHAUSTED), 'limiter')).toEqual([{ workflowId: query }]);
});

it('does not repeat what it refuses for another reason', async () => {
  await expect(openWorkflows(clientThat(1, DENIED), 'limiter')).rejects.toThrow('refused');
});
