import { calls, defined, permits } from '../../../../simulator/scenario/definitions';
import { Fleet } from '../../../../simulator/fleet/fleet';
import type { SimulatedProcess } from '../../../../simulator/fleet/simulated-process';
import { Desk, granted, START } from '../../../support/desk';

/** Of ten calls in 5 s four will be free again after 5,050 ms, the other six after 6,550 ms. It is 550 ms before that. */
function recovering(): Desk {
  const desk = new Desk([calls(10, 5_000)]);
  desk.says('a', { demand: [[10]] });
  desk.turn();
  const used = [
    [START, 4],
    [START + 1_500, 10],
  ] as const;
  desk.now = START + 4_500;
  desk.says('a', { used: used.map(([at, total]): [number, number] => [at, total]) });
  return desk;
}

describe('units ahead of demand', () => {
  test('are handed out as they recover where nobody waits', () => {
    const desk = recovering();
    desk.says('busy', { ahead: [4] });
    desk.turn();
    expect(granted(desk.heard.get('busy'))).toBe(4);
  });

  test('are not taken from what recovers for somebody who waits for more than that', () => {
    const desk = recovering();
    desk.says('waits', { demand: [[10]] });
    desk.says('busy', { ahead: [4] });
    desk.turn();
    expect(granted(desk.heard.get('busy'))).toBe(0);
    while (granted(desk.heard.get('waits')) === 0 && desk.now < START + 20_000) desk.turn(100);
    expect(desk.heard.get('waits')!.grants).toEqual([[START + 6_550, expect.any(Number), 10]]);
    expect(granted(desk.heard.get('busy'))).toBe(0);
  });

  test('leave half of what is free to whoever comes', () => {
    const desk = new Desk([calls(10, 5_000)]);
    for (const client of ['a', 'b', 'c']) desk.says(client, { ahead: [10] });
    desk.turn();
    expect(desk.available('calls')).toBe(5);
    desk.says('newcomer', { demand: [[5]] });
    desk.turn();
    expect(desk.heard.get('newcomer')!.grants).toEqual([[START, expect.any(Number), 5]]);
  });
});

test('a process that no longer has anything to do holds neither units nor permits a few seconds later', async () => {
  const fleet = new Fleet({ seed: 1, clients: 4, definition: defined([calls(5_000, 5_000), permits(40)]) });
  for (const process of fleet.processes) process.work(8, () => ({ requested: {}, holdMs: 20 }));
  await fleet.runFor(8_000);
  const held = (process: SimulatedProcess): readonly [units: number, permits: number] => {
    const { units, permits: own } = fleet.limiter
      .allocator!.snapshot()
      .clients.find(({ id }) => id === process.client.id)!;
    return [units.granted[0]! - units.resolved[0]!, Math.max(own.cap[1]!, own.kept[1]!)];
  };
  expect(fleet.processes.map(held).filter(([units, permits]) => units > 0 && permits > 0)).toHaveLength(4);
  const [last, ...others] = fleet.processes;
  for (const process of others) process.stop();
  await fleet.runFor(5_000);
  expect(others.map(held)).toEqual(others.map(() => [0, 0]));
  expect(held(last!)[1]).toBeGreaterThan(0);
  last!.stop();
  await fleet.runFor(5_000);
  expect(held(last!)).toEqual([0, 0]);
});
