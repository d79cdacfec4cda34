import type { Gate } from '../../acquire/gate/gate';
import { inspectedLimit, namedAmounts, windowShares } from '../../limiter/control/inspected';
import type { InspectedLimit, Inspection, NextServed } from '../../limiter/control/inspection';
import type { LimitDefinition } from '../../limiter/definition/definition';
import type { Ledger } from '../../limiter/ledger/ledger';
import { at, type Vector } from '../../limiter/vector/vector';
import { hereText } from '../link/here';
import type { MemoryProvider } from './memory-provider';

/** Everything there is to see of a set that this process keeps: its one client is the process. */
export function inspectMemory(gate: Gate, ledger: Ledger, provider: MemoryProvider): Omit<Inspection, 'set'> {
  const now = gate.clock.now();
  const waiting = [...gate.waiting];
  const inForce = provider.inForce(now);
  const steps = provider.steps(now);
  const control = provider.control.at(now);
  const limits = ledger.definitions.map((defined, i): InspectedLimit => {
    const { capacity } = inForce[i] ?? defined;
    const { started, granted, free } = windowShares(ledger, i, capacity, now);
    // permits that are held are in use, and units start within turns
    const shares = { started: started + granted, granted: 0, free };
    const wanted = waiting.reduce((total, { amounts }) => total + at(amounts, i), 0);
    return inspectedLimit({ defined, index: i, steps }, control, shares, wanted);
  });
  const since = waiting.reduce((first, each) => Math.min(first, each.since), Infinity);
  const first = waiting[0];
  const stats = provider.stats();
  const inUse = limits.filter(({ kind }) => kind === 'resource').map(({ key, started }) => [key, started] as const);
  const client = {
    id: hereText(),
    where: hereText(),
    inUse: Object.fromEntries(inUse),
    waiting: waiting.length,
    ...(since < Infinity && { waitingSince: since }),
    heardAt: now,
  };
  return {
    at: now,
    version: provider.version,
    limits,
    waiting: waiting.length,
    ...(since < Infinity && { waitingSince: since }),
    ...(first !== undefined && { next: nextOf(gate, ledger.definitions, inForce, { ...first, id: client.id }) }),
    turnedAway: 0,
    ...(stats !== undefined && { provider: stats }),
    control,
    numClients: 1,
    clients: [client],
    history: [],
  };
}

function nextOf(
  gate: Gate,
  definitions: readonly LimitDefinition[],
  inForce: readonly LimitDefinition[],
  { amounts, since, priority, id }: { amounts: Vector; since: number; priority: number; id: string },
): NextServed {
  const now = gate.clock.now();
  let binding: { readonly key: string; readonly readyAt: number } | undefined;
  for (const [i, { key }] of definitions.entries()) {
    if (at(amounts, i) === 0) continue;
    const isTooBig = at(amounts, i) > (inForce[i]?.capacity ?? Infinity);
    const readyAt = isTooBig ? Infinity : gate.capacity.readyAtOne(i, at(amounts, i), now);
    if (readyAt > Math.max(now, binding?.readyAt ?? now) || (isTooBig && readyAt === Infinity))
      binding = { key, readyAt };
  }
  return {
    client: id,
    amounts: namedAmounts(definitions, amounts),
    waitingSince: since,
    priority,
    ...(binding !== undefined && { bindingLimit: binding.key }),
    ...((binding?.readyAt ?? now) < Infinity && { expectedAt: Math.ceil(binding?.readyAt ?? now) }),
  };
}
