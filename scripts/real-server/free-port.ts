import { once } from 'node:events';
import { createServer } from 'node:net';

/** Temporal keeps the ports of its services as numbers of 16 bits with a sign. */
const HIGHEST = 32_767;
const LOWEST = 10_000;

/** A port of the loopback interface that is free, below those that the system picks by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const probe = createServer();
    const isFree = once(probe.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    );
    if (!(await isFree)) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
