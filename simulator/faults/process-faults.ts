import { pick, spread } from '../fleet/random';
import type { Host } from '../host';
import type { Simulation } from '../simulation';
import type { Fault } from './fault';

/** Does something to one of the processes that run, now and then. */
function now(simulation: Simulation, random: () => number, everyMs: number, action: (host: Host) => void): void {
  for (const moment of simulation.spells.moments(random, everyMs)) {
    simulation.at(moment, () => {
      const running = simulation.hosts.filter(({ isAlive }) => isAlive);
      if (running.length > 0) action(pick(random, running));
    });
  }
}

/** A process runs on, but nothing gets in or out. */
export const partition: Fault = {
  name: 'partition',
  means: 'a process is cut off for up to a minute: it runs on, and nothing gets in or out',
  strike(simulation, random) {
    now(simulation, random, 20_000, ({ processes }) => {
      const forMs = spread(random, 500, 60_000);
      simulation.tell(`${processes[0]!.owner} is cut off for ${Math.round(forMs)} ms`);
      for (const process of processes) {
        process.isCutOff = true;
        simulation.world.after(forMs, () => (process.isCutOff = false));
      }
    });
  },
};

/** A process stands still, as in a long collection of garbage or under SIGSTOP. */
export const pause: Fault = {
  name: 'pause',
  means: 'a process stands still for up to a minute',
  strike(simulation, random) {
    now(simulation, random, 15_000, ({ processes }) => {
      const forMs = spread(random, 50, 60_000);
      simulation.tell(`${processes[0]!.owner} stands still for ${Math.round(forMs)} ms`);
      for (const process of processes) process.pause(forMs);
    });
  },
};

/** A process is killed; another one begins in its place. Whoever runs it may tell the limiter. */
export const crash: Fault = {
  name: 'crash',
  means: 'a process is killed, and restarted after up to 20 s; half of the deaths are reported',
  strike(simulation, random) {
    now(simulation, random, 20_000, (host) => {
      const isReported = random() < 0.5;
      simulation.tell(`${host.processes[0]!.owner} is killed, which is ${isReported ? '' : 'not '}reported`);
      host.processes.forEach((process, i) => {
        process.kill();
        const { limiter, processes } = simulation.fleets[i]!;
        processes.splice(processes.indexOf(process), 1);
        if (isReported) simulation.world.after(spread(random, 5, 2_000), () => limiter.hearEnded(process.queue));
      });
      simulation.hosts.splice(simulation.hosts.indexOf(host), 1);
      simulation.at(simulation.world.now() + spread(random, 10, 20_000), () => void simulation.startHost());
    });
  },
};
