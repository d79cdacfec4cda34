import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The way from one process to the server: a TCP proxy that delays, drops or lets nothing through. */
export class Link {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #delayMs = 0;
  #whole: Promise<void> = Promise.resolve();
  #mend: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('connection', (socket) => this.#join(socket));
  }

  /** @param port where the server listens, also when it is started again */
  static async open(port: number): Promise<Link> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Link(server, port);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From here on each piece that comes takes so long, and the pieces behind it wait. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Breaks every connection; new ones can be made. */
  drop(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Lets nothing through, and says so to nobody: whoever sends or connects waits. */
  cut(): void {
    this.#whole = new Promise((resolve) => (this.#mend = resolve));
  }

  /** What was under way arrives, as it does when TCP sends it again. */
  mend(): void {
    this.#mend();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.mend();
    this.drop();
    await closed;
  }

  #join(near: Socket): void {
    const far = connect(this.port, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.setNoDelay();
      from.on('error', () => undefined); // The close that follows says as much.
      from.once('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      this.#carry(from, to).catch(() => to.destroy());
    }
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (this.#delayMs > 0) await sleep(this.#delayMs);
      await this.#whole;
      if (!to.write(piece)) await once(to, 'drain');
    }
    to.end();
  }
}
