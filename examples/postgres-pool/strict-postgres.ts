import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StrictPostgres {
  /** What `pg` takes as its `connectionString`. */
  readonly url: string;
  readonly seen: { open: number; mostOpen: number; refused: number; queries: number };
  close(): Promise<void>;
}

const QUERY_MS = 20;

/**
 * Speaks as much of PostgreSQL's protocol as a query without parameters needs, and refuses one connection too many. Its
 * first queries take until all connections are open, so that it does not depend on the machine whether they ever are.
 */
export async function startStrictPostgres(maxConnections: number): Promise<StrictPostgres> {
  const seen = { open: 0, mostOpen: 0, refused: 0, queries: 0 };
  let onAllOpen: () => void = () => undefined;
  const allOpen = new Promise<void>((resolve) => (onAllOpen = resolve));

  const serve = async (socket: Socket): Promise<void> => {
    if (seen.open >= maxConnections) {
      seen.refused += 1;
      socket.end(message('E', 'SFATAL\0', 'C53300\0', 'Msorry, too many clients already\0', '\0'));
      return;
    }
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    if (seen.open === maxConnections) onAllOpen();
    try {
      await converse(socket);
    } finally {
      seen.open -= 1;
      socket.end();
    }
  };

  const converse = async (socket: Socket): Promise<void> => {
    for await (const type of messageTypes(socket)) {
      if (type === 'startup') socket.write(Buffer.concat([message('R', int32(0)), READY]));
      if (type === 'X') return;
      if (type === 'Q') {
        await allOpen;
        await sleep(QUERY_MS);
        seen.queries += 1;
        socket.write(
          Buffer.concat([COLUMN, message('D', int16(1), int32(2), '42'), message('C', 'SELECT 1\0'), READY]),
        );
      }
    }
  };

  const server = createServer((socket) => void serve(socket).catch(() => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://anyone@127.0.0.1:${String((server.address() as AddressInfo).port)}/any`,
    seen,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** The type of each message that comes in; the first has none, and only says who is there. */
async function* messageTypes(socket: Socket): AsyncGenerator<string> {
  let unread = Buffer.alloc(0);
  let header = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= header + 4) {
      const end = header + unread.readInt32BE(header);
      if (unread.length < end) break;
      yield header === 0 ? 'startup' : unread.toString('latin1', 0, 1);
      unread = unread.subarray(end);
      header = 1;
    }
  }
}

function message(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  return int32(value).subarray(2);
}

const READY = message('Z', 'I');

/** One column, `answer`, of type int4. */
const COLUMN = message('T', int16(1), 'answer\0', int32(0), int16(0), int32(23), int16(4), int32(-1), int16(0));
