import type { WorkflowService } from '@temporalio/client';

/** What tells a namespace from every other; its name may stand for another one at another server. Empty if nobody knows. */
export async function namespaceId(service: WorkflowService, namespace: string): Promise<string> {
  const { namespaceInfo } = await service.describeNamespace({ namespace });
  return namespaceInfo?.id ?? '';
}
