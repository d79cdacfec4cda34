import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Link } from '../../chaos/cluster/link';

let server: Server;
let link: Link;
const sockets: Socket[] = [];

/** The server says back what it hears. */
beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await Link.open((server.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await link.close();
  server.close();
});

async function join(): Promise<Socket> {
  const socket = connect(Number(link.address.split(':')[1]), '127.0.0.1').setEncoding('utf8');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const heard = async (socket: Socket): Promise<unknown> => ((await once(socket, 'data')) as unknown[])[0];

it('carries both ways', async () => {
  const socket = await join();
  socket.write('hello');
  expect(await heard(socket)).toBe('hello');
});

it('lets nothing through while it is cut, and all of it when it is mended', async () => {
  const socket = await join();
  socket.write('before');
  await heard(socket);
  link.cut();
  let text = '';
  socket.on('data', (piece: unknown) => (text += String(piece)));
  socket.write('meanwhile');
  // another connection comes and goes in the time that an answer takes
  await join();
  expect(text).toBe('');
  link.mend();
  await heard(socket);
  expect(text).toBe('meanwhile');
});

it('breaks what is joined when it is told to, and can be joined again', async () => {
  const socket = await join();
  socket.write('hello');
  await heard(socket);
  const closed = once(socket, 'close');
  link.drop();
  await closed;
  const other = await join();
  other.write('again');
  expect(await heard(other)).toBe('again');
});
