import type { AlgorithmName } from '../../limiter/algorithms/algorithm';
import { algorithmNames } from '../../limiter/algorithms/algorithms';
import { type LoadBalancing, balancerNames } from '../../limiter/pool/balancers';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { isAmount } from '../../limiter/checks/numbers-check';
import { checkOptions } from '../../limiter/checks/options';
import { checkOneOf, checkWhole } from '../../limiter/checks/option-values';

/** Defaults of the options of sets and pools. */
export interface LimitDefaults {
  /** How limits count. @default 'SlidingWindow' */
  readonly algorithm: AlgorithmName;
  /** How pools choose a set. @default 'RoundRobin' */
  readonly loadBalancing: LoadBalancing;
  /**
   * Where a pool's rotation starts. Range: a whole number from 0.
   * @default 0; for workers with a list of sets, the number of such workers created before in this process
   */
  readonly workerIndex: number;
  /** How long a process may be silent before its permits go to others. Unit: milliseconds. Range: from 1,000. @default 30_000 */
  readonly leaseMs: number;
  /** How far ahead capacity is granted. Unit: milliseconds. Range: above 0. @default 500 */
  readonly horizonMs: number;
  /** How much the delay to the provider may vary. Unit: milliseconds. Range: from 0. @default 50, in memory mode 0 */
  readonly guardMs: number;
}

/** Any of {@link LimitDefaults}. Options that are left out or `undefined` do not change. */
export type LimitDefaultsOptions = { readonly [Key in keyof LimitDefaults]?: LimitDefaults[Key] | undefined };

const BUILT_IN: LimitDefaults = {
  algorithm: 'SlidingWindow',
  loadBalancing: 'RoundRobin',
  workerIndex: 0,
  leaseMs: 30_000,
  horizonMs: 500,
  guardMs: 50,
};

type Option = keyof LimitDefaults;

const OPTIONS = new Set(Object.keys(BUILT_IN));

const checks: { readonly [Key in keyof LimitDefaults]: (value: unknown) => void } = {
  algorithm: (value) => checkOneOf('algorithm', value, algorithmNames),
  loadBalancing: (value) => checkOneOf('loadBalancing', value, balancerNames),
  workerIndex: (value) => checkWhole('workerIndex', value, 0),
  leaseMs: (value) => milliseconds('leaseMs', value, 1_000),
  horizonMs: (value) => milliseconds('horizonMs', value, Number.MIN_VALUE),
  guardMs: (value) => milliseconds('guardMs', value, 0),
};

let configured: Partial<LimitDefaults> = {};

/**
 * Sets defaults for this process. Each default can be set once; a second call must pass the same value. Sets and pools
 * read the defaults when they are constructed, so call it first.
 *
 * @throws {@link InvalidLimitError} if a value is invalid, or differs from the one set before. Nothing is set then
 *
 * @example
 * configureLimits({ algorithm: 'TokenBucket', workerIndex: Number(process.env.WORKER_INDEX) });
 */
export function configureLimits(defaults: LimitDefaultsOptions): void {
  checkOptions('configureLimits', defaults, OPTIONS);
  const given = Object.entries<unknown>(defaults).filter(([, value]) => value !== undefined) as [Option, unknown][];
  for (const [option, value] of given) {
    checks[option](value);
    const before = configured[option];
    if (before !== undefined && before !== value) {
      throw new InvalidLimitError(
        option,
        `already configured as ${String(before)}, cannot become ${describeValue(value)}`,
      );
    }
  }
  configured = { ...configured, ...Object.fromEntries(given) };
}

/** The defaults as they stand. */
export function limitDefaults(): LimitDefaults {
  return { ...BUILT_IN, ...configured };
}

/** What `configureLimits` was given for an option; `undefined` if nothing was. */
export function configuredDefault<Key extends keyof LimitDefaults>(option: Key): LimitDefaults[Key] | undefined {
  return configured[option];
}

/** Checks one option that a set overrides. */
export function checkDefault<Key extends keyof LimitDefaults>(
  option: Key,
  value: LimitDefaults[Key],
): LimitDefaults[Key] {
  checks[option](value);
  return value;
}

/** Forgets what was configured. For tests: not part of the package's entry. */
export function resetLimitDefaults(): void {
  configured = {};
}

function milliseconds(option: string, value: unknown, min: number): void {
  if (isAmount(value) && value >= min) return;
  throw new InvalidLimitError(
    option,
    `expected finite milliseconds ${min === 0 || min >= 1 ? `from ${min}` : 'above 0'}, got ${describeValue(value)}`,
  );
}
