import { drawNewer } from '../draw-definition';
import { spread } from '../fleet/random';
import type { Fault } from './fault';

/** Nobody runs the limiter's workflow: what is sent waits. */
export const limiterDown: Fault = {
  name: 'limiter down',
  means: 'the limiter stands still for up to three minutes, its messages wait',
  strike({ fleets, spells, at, tell }, random) {
    for (const { limiter } of fleets) {
      for (const moment of spells.moments(random, 60_000)) {
        const forMs = spread(random, 500, 180_000);
        at(moment, () => {
          tell(`the limiter is down for ${Math.round(forMs)} ms`);
          limiter.isDown = true;
        });
        at(moment + forMs, () => limiter.comeBack());
      }
    }
  },
};

/** The limiter goes on from a snapshot, and what its run had under way is gone. */
export const continueAsNew: Fault = {
  name: 'continue-as-new',
  means: 'the limiter goes on from a snapshot at any moment; pushes under way and their answers are lost',
  strike({ fleets, spells, at, tell }, random) {
    for (const { limiter } of fleets) {
      const everyMs = spread(random, 100, 10_000);
      for (const moment of spells.moments(random, everyMs)) {
        at(moment, () => {
          tell('the limiter continues as new');
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
  strike(simulation, random) {
    const { definitions, spells } = simulation;
    for (const moment of spells.moments(random, 30_000)) {
      simulation.at(moment, () => {
        definitions.forEach((definition, i) => (definitions[i] = drawNewer(definition, random)));
        simulation.tell(`a process brings ${JSON.stringify(definitions)}`);
        simulation.startHost();
      });
    }
  },
};
