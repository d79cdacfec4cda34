/**
 * Limits by environment: strict in production, small in the tests, none in development. A set without limits allows
 * everything at no cost, and accepts any request and any usage. So the code that acquires is the same everywhere.
 *
 *   npx tsx examples/limits-by-environment/main.ts
 *   NODE_ENV=production npx tsx examples/limits-by-environment/main.ts
 */
import { CallLimit, LimitSet, RateLimit, type Limit } from 'temporal-limits';

const perMinute = { windowSeconds: 60 };

const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  production: [
    new CallLimit({ ...perMinute, capacity: 500 }),
    new RateLimit({ ...perMinute, key: 'tokens', capacity: 100_000 }),
  ],
  test: [new CallLimit({ ...perMinute, capacity: 5 }), new RateLimit({ ...perMinute, key: 'tokens', capacity: 1_000 })],
  development: [],
};

/** The limits of an environment; one that nobody has thought of has those of production, not none. */
export function limitsOf(environment = 'development'): LimitSet {
  return new LimitSet({ limits: LIMITS[environment] ?? LIMITS['production'] ?? [] });
}

/** The same for every environment. */
export async function main(environment = process.env['NODE_ENV']): Promise<string> {
  const limits = limitsOf(environment);
  const reply = await limits.use({ requested: { tokens: 400 }, timeout: '5s' }, async (slot) => {
    const { text, tokens } = await Promise.resolve({ text: 'a reply', tokens: 320 });
    slot.update({ usage: { tokens } });
    return text;
  });
  const held = Object.keys((await limits.getStats()).limits);
  return `${environment ?? 'development'}: ${reply}, within ${held.length === 0 ? 'no limits' : held.join(' and ')}`;
}

if (require.main === module) void main().then(console.log);
