import { pick, spread } from '../world/random';
import type { Fault } from './fault';

/** The provider refuses all that comes, in one of the ways in which providers do. */
export const throttle: Fault = {
  name: 'throttle',
  means: 'the provider refuses all calls for up to a minute: 429 with and without hints, 401, 500; clients observe it',
  schedule(world, random) {
    for (const { refusals } of world.fleets) {
      refusals.isObserved = true;
      for (const moment of world.moments(random, 45_000)) {
        const forMs = spread(random, 500, 60_000);
        const kind = pick(random, ['hint', 'hint', 'far hint', 'no hint', '401', '500'] as const);
        world.at(moment, () => {
          world.report(`the provider refuses for ${Math.round(forMs)} ms (${kind})`);
          refusals.begin(forMs, (leftMs) => ANSWERS[kind](leftMs));
        });
      }
    }
  },
};

/** Others use the account, and the provider says what is left for everybody. */
export const drift: Fault = {
  name: 'drift',
  means:
    'others use the account, up to all of it at once; the provider says with each answer what is left for everybody',
  schedule(world, random) {
    for (const { providers, refusals } of world.fleets) {
      refusals.isObserved = true;
      refusals.usual = () => providers.tell();
      providers.useByOthers(() => 0);
      for (const moment of world.moments(random, 10_000)) {
        const most = random();
        world.at(moment, () => {
          world.report(`others use up to ${Math.round(100 * most)} % of the account`);
          providers.useByOthers(() => Math.max(0, 2 * random() - 1) * most);
          providers.saidTimes = pick(random, [1, 1, 0.5, 2]);
        });
      }
    }
  },
};

/** The account is shut out, and let in again. */
export const ban: Fault = {
  name: 'ban',
  means: 'the provider does not accept the credentials for up to three minutes',
  schedule(world, random) {
    for (const { refusals } of world.fleets) {
      refusals.isObserved = true;
      for (const moment of world.moments(random, 90_000)) {
        const forMs = spread(random, 1_000, 180_000);
        world.at(moment, () => {
          world.report(`the account is banned for ${Math.round(forMs)} ms`);
          refusals.begin(forMs, ANSWERS['401']);
        });
      }
    }
  },
};

const hint = (ms: number): object => ({ status: 429, headers: { 'retry-after-ms': String(Math.ceil(ms)) } });

const ANSWERS = {
  hint,
  // no set may pause for so long
  'far hint': () => hint(36_000_000),
  'no hint': () => ({ status: 429 }),
  '401': () => ({ status: 401 }),
  '500': () => ({ status: 500 }),
};
