import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openSlowWay, type SlowWay } from '../../../scripts/real-server/slow-way';

const DELAY_MS = 30;

let way: SlowWay;
let client: Socket;
/** Answers each piece with what is asked of it here. */
let answer: (socket: Socket) => void;

const server = createServer((socket) => {
  socket.on('error', () => undefined).on('data', () => answer(socket));
});

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  way = await openSlowWay((server.address() as AddressInfo).port, DELAY_MS);
  client = connect(way.port, '127.0.0.1');
  await once(client, 'connect');
});

afterEach(async () => {
  client.destroy();
  await way.close();
  server.close();
});

it('adds the delay to each answer, also to one that comes in many pieces', async () => {
  answer = (socket) => {
    for (let i = 0; i < 40; i += 1) setImmediate(() => socket.write(`${i},`));
  };
  const begun = performance.now();
  client.write('question');
  let heard = '';
  for await (const piece of client as AsyncIterable<Buffer>) {
    // a timer of Node may be up to a millisecond early
    if (heard === '') expect(performance.now() - begun).toBeGreaterThan(DELAY_MS - 1.5);
    heard += piece.toString();
    if (heard.endsWith('39,')) break;
  }
  expect(heard.split(',')).toEqual([...Array.from({ length: 40 }, (_, i) => String(i)), '']);
});

it('ends a connection whose server ends it, once all has arrived', async () => {
  answer = (socket) => socket.end('last words');
  client.write('question');
  const pieces: Buffer[] = [];
  for await (const piece of client as AsyncIterable<Buffer>) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe('last words');
});
