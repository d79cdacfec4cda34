/**
 * Graceful degradation: answer with the large model while there is room for it, with the small one when there is not,
 * and from a cache when there is room for neither. `tryAcquire` never waits.
 *
 *   npx tsx examples/graceful-degradation/main.ts
 */
import { CallLimit, LimitSet } from 'temporal-limits';

/** `mode: 'temporal'` and a `name` would share these between processes; all else stays as it is. */
const large = new LimitSet({ limits: [new CallLimit({ windowSeconds: 60, capacity: 3 })] });
const small = new LimitSet({ limits: [new CallLimit({ windowSeconds: 60, capacity: 5 })] });

const models = [
  { name: 'large', limits: large },
  { name: 'small', limits: small },
];

/** Asks the best model that has room. */
async function answer(question: string): Promise<string> {
  for (const { name, limits } of models) {
    await using slot = await limits.tryAcquire();
    if (slot.successful) return `${name}: ${await ask(question)}`;
  }
  return `cache: ${question} was asked before`;
}

/** Stands for the call of a provider. */
async function ask(question: string): Promise<string> {
  return Promise.resolve(`the answer to ${question}`);
}

/** Twelve questions at once, for which the large model has room for three and the small one for five. */
export async function main(): Promise<string[]> {
  const questions = Array.from({ length: 12 }, (_, i) => `question ${String(i + 1)}`);
  return Promise.all(questions.map(answer));
}

if (require.main === module) void main().then((answers) => console.log(answers.join('\n')));
