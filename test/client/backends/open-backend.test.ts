import { checkSet } from '../../../src/acquire/set/set-settings';
import { LeaseSupply } from '../../../src/acquire/client/lease-supply';
import type { Backend } from '../../../src/client/backends/backend';
import { OpenBackend } from '../../../src/client/backends/open-backend';
import { Reachability } from '../../../src/client/link/reachability';
import { RateLimit, ResourceLimit } from '../../../src/index';
import { rejectionPush } from '../../../src/limiter/protocol/wire';
import { planRequest } from '../../../src/limiter/request/request';
import { VirtualLimiter } from '../../support/virtual-limiter';

const input = new RateLimit({ key: 'input', windowSeconds: 60, capacity: 100 });
const seat = new ResourceLimit({ key: 'seat', capacity: 1 });

test.each(['take', 'tryTake'] as const)(
  'what waited when Temporal was lost goes ahead as it was asked for: %s',
  async (ask) => {
    const limiter = new VirtualLimiter([input, seat]);
    const { client } = limiter.process();
    const reach = new Reachability(limiter.clock);
    const supply = new LeaseSupply(client, limiter.clock, { outage: () => reach.outage });
    const open = new OpenBackend(supply as unknown as Backend, reach);
    const { definitions } = open;
    limiter.isAway = true;
    const request = planRequest(definitions, { input: 50 });
    const asked = open[ask](request, { priority: 0, timeoutMs: undefined, signal: undefined });
    await limiter.clock.advance(10);
    const anew = checkSet({ limits: [seat, input], version: 2 }).definition;
    client.take(rejectionPush(client.id, 1, 'redefined', anew, limiter.clock.now()));
    expect(open.definitions.map(({ key }) => key)).toEqual(['seat', 'input']);
    for (let tries = 0; tries < 3; tries += 1) reach.unanswered();
    expect(await asked).toMatchObject({ request, definitions, fencingToken: 0 });
  },
);
