import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on this machine that takes its time. */
export interface SlowWay {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A TCP proxy on the loopback interface that adds so many milliseconds to each answer, as a database in another zone does.
 * Unlike a stall, a delay does not add up: what is sent together arrives together, in order.
 */
export async function openSlowWay(target: number, delayMs: number): Promise<SlowWay> {
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay());
      // the close that follows ends the other side
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    near.once('close', () => far.destroy()).pipe(far);
    delay(far, near, delayMs);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Passes each piece on so long after it has come, and the end after the last of them. */
function delay(from: Socket, to: Socket, ms: number): void {
  if (ms === 0) {
    from.once('error', () => to.destroy()).pipe(to);
    return;
  }
  // timers of one length go off in the order in which they were set
  from.on('data', (piece) => void setTimeout(() => to.write(piece), ms));
  from.once('close', () => void setTimeout(() => to.destroy(), ms));
}
