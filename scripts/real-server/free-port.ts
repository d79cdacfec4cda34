import { once } from 'node:events';
import { createServer } from 'node:net';

/** Temporal keeps the ports of its services as numbers of 16 bits with a sign. */
const HIGHEST = 32_767;
const LOWEST = 10_000;

/** Each is given away once: what is free may be another part's that has not begun to listen. */
const given = new Set<number>();

/** A port of the loopback interface that is free, below those that the system picks by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port)) continue;
    const probe = createServer();
    const isFree = once(probe.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    );
    if (!(await isFree)) continue;
    probe.close();
    await once(probe, 'close');
    given.add(port);
    return port;
  }
}
