import type { LimitDefinition } from '../definition/definition';
import type { Suspension } from '../feedback/provider-state';
import type { Control } from './control';

/** What a short description of a set is made of. */
export interface Summarised {
  readonly definition: { readonly version: number; readonly limits: readonly LimitDefinition[] };
  /** The limits with the capacities that count now. */
  readonly inForce: readonly LimitDefinition[];
  readonly control: Control;
  readonly suspension: Suspension | undefined;
  readonly clients: number;
  readonly waiting: number;
}

/** A set in a few lines of Markdown, for people who look at its limiter in Temporal's own pages. */
export function summaryText({ definition, inForce, control, suspension, clients, waiting }: Summarised): string {
  const { version, limits } = definition;
  const { pause } = control;
  const state =
    pause !== undefined
      ? `**Paused** by ${pause.by || 'an operator'}${pause.reason === '' ? '' : `: ${pause.reason}`}.`
      : suspension === undefined
        ? `${waiting} waiting, ${clients} clients.`
        : `**${suspension.kind === 'PAUSED' ? 'Paused' : 'Circuit open'}** because of the provider's answer (${suspension.cause}).`;
  const lines = limits.map((limit, i) => {
    const { key, capacity: defined } = limit;
    const capacity = inForce[i]?.capacity ?? defined;
    const per = limit.kind === 'resource' ? 'permits' : `per ${limit.windowMs / 1_000} s, ${limit.algorithm}`;
    return `- \`${key}\`: ${capacity} ${per}${capacity === defined ? '' : ` (the code says ${defined})`}`;
  });
  return [
    state,
    '',
    ...lines,
    '',
    `Definition version ${version}. \`temporal-limits why\` says why acquisitions wait.`,
  ].join('\n');
}
