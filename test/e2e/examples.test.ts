import { main as bedrock } from '../../examples/bedrock/main';
import { main as openai } from '../../examples/openai/main';
import { main as postgresPool } from '../../examples/postgres-pool/main';
import { main as taskPool } from '../../examples/task-pool/main';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;
const before = process.env;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  const { address, namespace } = temporal.server;
  process.env = { ...before, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
});

afterAll(async () => {
  process.env = before;
  await temporal.stop();
});

describe('the example of', () => {
  test('OpenAI answers every prompt, also by streams, which are open until they end', async () => {
    const { answers, seen } = await openai();
    expect(answers).toEqual(Array.from({ length: 30 }, (_, i) => `You asked: What comes after ${String(i)}?`));
    expect(seen).toMatchObject({ served: 30, failed: 3, refused: 0 });
    expect(seen.mostOpen).toBeLessThanOrEqual(4);
  });

  test('a TaskPool keeps few tasks in flight, and the limits of both queues are kept', async () => {
    const { answers, mostInFlight, seen } = await taskPool();
    expect(answers).toEqual(Array.from({ length: 60 }, (_, i) => `TASK ${String(i)}`));
    expect(mostInFlight).toBe(16);
    expect(seen.map(({ refused }) => refused)).toEqual([0, 0]);
    expect(seen.reduce((sum, { served }) => sum + served, 0)).toBe(60);
  });

  test('Bedrock spreads the calls over six profiles, and none of them refuses any', async () => {
    const { replies, seen, stats } = await bedrock();
    expect(replies[59]).toBe('You said: Tell me about the number 59.');
    expect([...seen.keys()].sort()).toEqual([
      'production eu-central-1',
      'production us-east-1',
      'production us-west-2',
      'research eu-central-1',
      'research us-east-1',
      'research us-west-2',
    ]);
    const counts = [...seen.values()];
    expect(counts.map(({ refused }) => refused)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(counts.reduce((sum, { served }) => sum + served, 0)).toBe(60);
    expect(stats.limitSets.map(({ limits }) => Object.keys(limits))).toEqual(
      Array(6).fill(['call_count', 'input_tokens', 'output_tokens']),
    );
  });

  test('a pool of PostgreSQL connections has all of them open in four processes together, and never one more', async () => {
    const { answers, seen } = await postgresPool();
    expect(new Set(answers)).toEqual(new Set([42]));
    expect(seen).toMatchObject({ queries: 200, mostOpen: 20, refused: 0 });
  });
});
