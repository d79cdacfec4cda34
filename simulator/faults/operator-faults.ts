import type { ChangeRequest } from '../../src/limiter/control/change';
import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { pick, spread } from '../world/random';
import type { Fault } from './fault';

/** No fault, but as much of a disturbance: an operator lowers limits and pauses sets while they are in use. */
export const operator: Fault = {
  name: 'operator',
  means: 'an operator lowers capacities and pauses sets, for up to a minute or until it is taken back',
  schedule(world, random) {
    for (const fleet of world.fleets) {
      for (const moment of world.moments(random, 20_000)) {
        const draw = random();
        const forMs = spread(random, 500, 60_000);
        world.at(moment, () => {
          const { definition } = fleet.limiter.allocator ?? {};
          if (definition === undefined) return;
          const request = drawRequest(definition.limits, forMs, draw, random);
          world.report(`an operator asks for ${JSON.stringify(request)}`);
          fleet.limiter.change(request);
        });
      }
    }
  },
};

function drawRequest(
  limits: readonly LimitDefinition[],
  forMs: number,
  draw: number,
  random: () => number,
): ChangeRequest {
  const end = random() < 0.8 ? { forMs } : {};
  if (draw < 0.2) return { action: 'pause', ...end };
  if (draw < 0.35) return { action: 'resume' };
  if (draw < 0.5) return { action: 'reset' };
  const { key, kind, capacity } = pick(random, limits);
  const lower = capacity * spread(random, 0.1, 1);
  return { action: 'set', capacity: { [key]: kind === 'resource' ? Math.max(1, Math.floor(lower)) : lower }, ...end };
}
