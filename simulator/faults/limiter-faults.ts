import { drawNewer } from '../scenario/draw-definition';
import { spread } from '../world/random';
import type { Fault } from './fault';

/** No worker runs the limiter's workflow: messages to it wait. */
export const limiterDown: Fault = {
  name: 'limiter down',
  means: 'the limiter stands still for up to three minutes, its messages wait',
  schedule(world, random) {
    for (const { limiter } of world.fleets) {
      for (const moment of world.moments(random, 60_000)) {
        const forMs = spread(random, 500, 180_000);
        world.at(moment, () => {
          world.report(`the limiter is down for ${Math.round(forMs)} ms`);
          limiter.isDown = true;
        });
        world.at(moment + forMs, () => limiter.comeBack());
      }
    }
  },
};

/** The limiter continues from a snapshot, and what its run had under way is gone. */
export const continueAsNew: Fault = {
  name: 'continue-as-new',
  means: 'the limiter continues from a snapshot at any moment; pushes under way and their answers are lost',
  schedule(world, random) {
    for (const { limiter } of world.fleets) {
      const everyMs = spread(random, 100, 10_000);
      for (const moment of world.moments(random, everyMs)) {
        world.at(moment, () => {
          world.report('the limiter continues as new');
          limiter.continueAsNew();
        });
      }
    }
  },
};

/** A newer version of the limits is rolled out, process by process. */
export const redefinition: Fault = {
  name: 'redefinition',
  means: 'limits are redefined while they are used: capacity, window, algorithm, limits that come and go',
  schedule(world, random) {
    const { definitions } = world;
    for (const moment of world.moments(random, 30_000)) {
      world.at(moment, () => {
        definitions.forEach((definition, i) => (definitions[i] = drawNewer(definition, random)));
        world.report(`a process brings ${JSON.stringify(definitions)}`);
        world.startHost();
      });
    }
  },
};
