import { main as aiSdk } from '../../examples/ai-sdk/main';
import { main as degrade } from '../../examples/graceful-degradation/main';
import { main as byEnvironment } from '../../examples/limits-by-environment/main';
import { main as nest } from '../../examples/nested-limits/main';
import { main as perCustomer } from '../../examples/per-customer/main';
import { main as monitor } from '../../examples/utilisation/main';

describe('the example of', () => {
  test('the AI SDK holds the limits of a stream until it ends, and settles by what each call reports', async () => {
    const { answers, seen, used } = await aiSdk();
    expect(answers.slice(0, 2)).toEqual(['In one piece.', 'Piece by piece.']);
    expect(seen).toEqual({ open: 0, mostOpen: 2, calls: 8 });
    expect(used).toEqual({ input: 160, output: 80 });
  });

  test('graceful degradation asks the large model while it has room, then the small one, then the cache', async () => {
    const byModel = (await degrade()).map((answer) => answer.split(':')[0]);
    expect(byModel).toEqual([
      ...Array<string>(3).fill('large'),
      ...Array<string>(5).fill('small'),
      ...Array<string>(4).fill('cache'),
    ]);
  });

  test.each([
    ['development', 'development: a reply, within no limits'],
    ['test', 'test: a reply, within call_count and tokens'],
    ['production', 'production: a reply, within call_count and tokens'],
    ['staging', 'staging: a reply, within call_count and tokens'],
  ])('limits by environment runs the same code in %s', async (environment, expected) => {
    expect(await byEnvironment(environment)).toBe(expected);
  });

  test('nested limits keeps two sessions open at most, over all of their calls', async () => {
    const { replies, mostOpen, calls } = await nest();
    expect(replies[3]).toEqual(['FOG 1', 'FOG 2', 'FOG 3', 'FOG 4']);
    expect({ mostOpen, calls }).toEqual({ mostOpen: 2, calls: 16 });
  });

  test('per customer takes from the limits of the customer of each call', async () => {
    expect(await perCustomer()).toEqual({ acme: 0, globex: 1 });
  });

  test('utilisation publishes what is taken, and who waits', async () => {
    const published: string[] = [];
    await monitor((text) => published.push(text));
    expect(published[0]).toContain('limits_capacity{set="search",limit="call_count"} 100');
    expect(published[0]).toContain('limits_available{set="search",limit="connections"} 0');
    expect(published[0]).toContain('limits_waiting{set="search"} 6');
  });
});
