import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { connectProvider } from './provider';

const ROUNDS = 10;

/**
 * Asks a server of its own some times. The code of a process runs slowly at first: its first requests would arrive late,
 * too late for the window in which they were counted.
 */
export async function warmUp(): Promise<void> {
  const reply = JSON.stringify({ choices: [{ message: { content: '' } }] });
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(reply));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const provider = connectProvider({ taskQueue: '', baseURL: `http://127.0.0.1:${port}`, model: 'none' }, 'none');
  const request = { prompt: 'warm up '.repeat(1000), maxTokens: 1 };
  const ask = () => provider(request, new AbortController().signal);
  try {
    for (let i = 0; i < ROUNDS; i += 1) {
      await Promise.all([ask(), ask(), ask()]);
    }
  } catch {
    // A machine that lets nobody listen is served all the same.
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
