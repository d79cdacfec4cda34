import { spread } from '../world/random';
import type { Fault } from './fault';

/** Messages get lost, either way; one that the sender takes for lost may have arrived. */
export const loss: Fault = {
  name: 'loss',
  means: 'up to 30 % of the messages get lost, some of them only as far as the sender knows',
  schedule({ fleets }, random) {
    for (const { network } of fleets) network.lossRate = 0.3 * random();
  },
};

/** Messages arrive again, much later. */
export const repetition: Fault = {
  name: 'repetition',
  means: 'up to 30 % of the messages arrive a second time, after later ones',
  schedule({ fleets }, random) {
    for (const { network } of fleets) network.duplicateRate = 0.3 * random();
  },
};

/** Messages take long, and so overtake each other. */
export const slowness: Fault = {
  name: 'slowness',
  means: 'messages take up to 3 s for a while, and overtake each other',
  schedule(world, random) {
    for (const moment of world.moments(random, 20_000)) {
      const slowestMs = spread(random, 200, 3_000);
      const forMs = spread(random, 500, 20_000);
      world.at(moment, () => {
        world.report(`messages take up to ${Math.round(slowestMs)} ms for ${Math.round(forMs)} ms`);
        for (const { network } of world.fleets) network.slowestMs = slowestMs;
      });
      world.at(moment + forMs, () => {
        for (const { network } of world.fleets) network.slowestMs = 120;
      });
    }
  },
};

/** The Temporal server is away. */
export const serverDown: Fault = {
  name: 'server down',
  means: 'the server answers nobody for up to a minute',
  schedule(world, random) {
    for (const moment of world.moments(random, 60_000)) {
      const forMs = spread(random, 500, 60_000);
      const setDown = (isDown: boolean) => (): void => {
        world.report(isDown ? `the server is down for ${Math.round(forMs)} ms` : 'the server is back');
        for (const { network, limiter } of world.fleets) {
          network.isDown = isDown;
          limiter.isDown = isDown;
          if (!isDown) limiter.comeBack();
        }
      };
      world.at(moment, setDown(true));
      world.at(moment + forMs, setDown(false));
    }
  },
};
