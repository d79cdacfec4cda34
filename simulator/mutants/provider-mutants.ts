import type { Mutant } from './mutant';
import { ADAPTIVE, FOLLOWING, POOLED, SHARED, THROTTLED } from './mutant-scenes';

/** Mistakes about what providers answer, and what follows from it. */
export const PROVIDER_MUTANTS: readonly Mutant[] = [
  {
    name: 'when a pause is over, all may try at once',
    file: 'acquire/client/lease-provider.ts',
    from: 'mayTry ? now : now + LOOK_MS',
    to: 'now',
    where: { ...THROTTLED },
  },
  {
    name: 'what the limiter says of the provider keeps nobody back',
    file: 'acquire/client/lease-provider.ts',
    from: 'if (!this.keepsBack || !this.isSuspended) return capacity;',
    to: 'return capacity;',
    where: { ...THROTTLED },
  },
  {
    name: 'nobody is chosen to try first',
    file: 'limiter/allocator/provider-watch.ts',
    from: 'if (chosen !== undefined) {',
    to: 'if (chosen !== undefined) return Infinity;\n    if (chosen !== undefined) {',
    where: { ...THROTTLED, runsPerMinute: 0 },
  },
  {
    name: 'the one that tries first is waited for as long as it takes',
    file: 'limiter/feedback/provider-state.ts',
    from: 'probe: { number: probes, until: now + PROBE_MS }',
    to: 'probe: { number: probes, until: now + 1e9 }',
    where: { ...THROTTLED },
  },
  {
    name: 'nobody looks whether a pause is over',
    file: 'limiter/allocator/provider-watch.ts',
    from: 'if (at > now) return at;',
    to: 'if (at > now - 20_000) return at + 20_000;',
    where: { ...THROTTLED },
  },
  {
    name: 'a pool goes where it would go if all were well',
    file: 'limiter/pool/pool.ts',
    from: 'return policy.failover ? failOver(chosen, candidates) : chosen;',
    to: 'return chosen;',
    where: { ...POOLED },
  },
  {
    name: 'the one that tries first waits for permits that are kept for those who may not start',
    file: 'limiter/allocator/grants/permit-caps.ts',
    from: '{ ...wish, isFirst: isProbing(account) }',
    to: 'wish',
    where: { ...THROTTLED },
  },
  {
    name: 'the one that tries first is granted all that it waits for',
    file: 'limiter/allocator/allocator.ts',
    from: 'grants.make(served, isProbing)',
    to: 'grants.make(served, () => false)',
    where: { ...THROTTLED },
  },
  {
    name: 'our own use is charged as that of others',
    file: 'limiter/feedback/use-by-others.ts',
    from: 'const lowest = Math.min(free.since(since), ledger.available(index, now));',
    to: 'const lowest = definition.capacity;',
    where: { ...SHARED },
  },
  {
    name: 'what a provider said is compared with what is free now',
    file: 'limiter/feedback/use-by-others.ts',
    from: 'const lowest = Math.min(free.since(since), ledger.available(index, now));',
    to: 'const lowest = ledger.available(index, now);',
    where: { ...SHARED },
  },
  {
    name: 'refusals widen a guard without end',
    file: 'limiter/feedback/widened-guard.ts',
    from: 'Math.max(definedMs, WIDEST_SHARE * windowMs)',
    to: 'Infinity',
    where: { ...THROTTLED },
  },
  {
    name: 'throttles lower an adaptive capacity without end',
    file: 'limiter/feedback/adaptive-capacity.ts',
    from: 'return Math.min(max, Math.max(min, whole));',
    to: 'return Math.min(max, whole);',
    where: { ...ADAPTIVE },
  },
  {
    name: 'an adaptive capacity is raised without end',
    file: 'limiter/feedback/adaptive-capacity.ts',
    from: 'return Math.min(max, Math.max(min, whole));',
    to: 'return Math.max(min, whole);',
    where: { ...ADAPTIVE },
  },
  {
    name: 'a limit that follows its provider follows it beyond the definition',
    file: 'limiter/feedback/use-by-others.ts',
    from: 'capacity: Math.min(limit.capacity, named)',
    to: 'capacity: named',
    where: { ...FOLLOWING },
  },
];
