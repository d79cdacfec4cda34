import type { Host } from '../fleet/host';
import { pick, spread } from '../world/random';
import type { Fault, World } from './fault';

/** Does something to one of the processes that run, now and then. */
function strike(world: World, random: () => number, everyMs: number, action: (host: Host) => void): void {
  for (const moment of world.moments(random, everyMs)) {
    world.at(moment, () => {
      const running = world.hosts.filter(({ isAlive }) => isAlive);
      if (running.length > 0) action(pick(random, running));
    });
  }
}

/** A process runs on, but nothing gets in or out. */
export const partition: Fault = {
  name: 'partition',
  means: 'a process is cut off for up to a minute: it runs on, and nothing gets in or out',
  schedule(world, random) {
    strike(world, random, 20_000, ({ processes }) => {
      const forMs = spread(random, 500, 60_000);
      world.report(`${processes[0]!.owner} is cut off for ${Math.round(forMs)} ms`);
      for (const process of processes) {
        process.isCutOff = true;
        world.clock.after(forMs, () => (process.isCutOff = false));
      }
    });
  },
};

/** A process stands still, as in a long collection of garbage or under SIGSTOP. */
export const pause: Fault = {
  name: 'pause',
  means: 'a process stands still for up to a minute, half of the times with a call that it has just sent',
  schedule(world, random) {
    strike(world, random, 15_000, ({ processes }) => {
      const forMs = spread(random, 50, 60_000);
      const isAfterCall = random() < 0.5;
      world.report(
        `${processes[0]!.owner} stands still for ${Math.round(forMs)} ms${isAfterCall ? ' after a call' : ''}`,
      );
      for (const process of processes) {
        if (isAfterCall) process.pauseAfterCall(forMs);
        else process.pause(forMs);
      }
    });
  },
};

/** A process is killed; another one begins in its place. Whoever runs it may report that to the limiter. */
export const crash: Fault = {
  name: 'crash',
  means: 'a process is killed, and restarted after up to 20 s; half of the deaths are reported',
  schedule(world, random) {
    strike(world, random, 20_000, (host) => {
      const isReported = random() < 0.5;
      world.report(`${host.processes[0]!.owner} is killed, which is ${isReported ? '' : 'not '}reported`);
      host.processes.forEach((process, i) => {
        process.kill();
        const { limiter, processes } = world.fleets[i]!;
        processes.splice(processes.indexOf(process), 1);
        if (isReported) world.clock.after(spread(random, 5, 2_000), () => limiter.hearEnded(process.queue));
      });
      world.hosts.splice(world.hosts.indexOf(host), 1);
      world.at(world.clock.now() + spread(random, 10, 20_000), () => world.startHost());
    });
  },
};
