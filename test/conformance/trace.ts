import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AlgorithmName } from '../../src/limiter/algorithms/algorithm';

/** Amounts by key. */
export type AmountMap = Record<string, number>;

export type TraceLimit =
  | { kind: 'rate'; key: string; algorithm: AlgorithmName; windowTicks: number; capacity: number }
  | { kind: 'call'; key?: undefined; algorithm: AlgorithmName; windowTicks: number; capacity: number }
  | { kind: 'resource'; key: string; capacity: number };

/** What a step came to; which fields there are depends on the operation. */
export interface Outcome {
  ok?: boolean;
  error?: string;
  amounts?: AmountMap;
  missing?: string[];
  set?: number;
  at?: number;
  skipped?: boolean;
  limits?: Record<string, LimitOutcome>;
  sets?: Record<string, LimitOutcome>[];
  dispatched?: number;
}

export interface LimitOutcome {
  capacity: number;
  available: number;
  utilization: number;
}

export interface Step {
  t: number;
  op: 'tryAcquire' | 'acquire' | 'update' | 'release' | 'stats';
  h?: string;
  request?: AmountMap | null;
  timeoutTicks?: number | null;
  used?: AmountMap;
  expect: Outcome;
  expectDocs?: Outcome;
}

export interface Trace {
  id: string;
  category: string;
  oddity: boolean;
  oddityIds?: string[];
  tol?: number;
  limits?: TraceLimit[];
  pool?: { loadBalancing: string; workerIndex: number; sets: TraceLimit[][] };
  setup?: Outcome;
  setupDocs?: Outcome;
  steps: Step[];
}

/** Every recorded trace. */
export function readTraces(): Trace[] {
  const lines = readFileSync(join(__dirname, 'traces-public.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Trace);
}

/** Only what is compared: neither the class of an exception nor a warning. */
export function comparable(outcome: Outcome): Outcome {
  const { ok, error, amounts, missing, set, at, skipped, limits, sets, dispatched } = outcome;
  return { ok, error, amounts, missing, set, at, skipped, limits, sets, dispatched } as Outcome;
}
