import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AboutView } from '../src/batch/dashboard/views';

/** What the server is and allows; nothing until it has said so. */
export const About = createContext<AboutView | undefined>(undefined);

/** Whether changes are offered. */
export function useMayChange(): boolean {
  return useContext(About)?.mayChange ?? false;
}

/** Where Temporal's own UI shows a workflow, if it is known where that is. */
export function useWorkflowLink(): (workflowId: string, runId?: string) => string | undefined {
  const about = useContext(About);
  return (workflowId, runId) => {
    if (about?.ui === undefined) return undefined;
    const parts = [about.namespace, 'workflows', workflowId, ...(runId === undefined ? [] : [runId])];
    return `${about.ui}/namespaces/${parts.map(encodeURIComponent).join('/')}`;
  };
}
